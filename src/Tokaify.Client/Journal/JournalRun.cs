using System.Text.Json;

namespace Tokaify;

/// <summary>The run of a command that writes journal lines: its user, machine and program, and whether it omits texts.</summary>
/// <remarks>Each line contains these fields, so that the origin of a line is known even if journals are cut, joined, or written by several
/// machines.</remarks>
internal sealed record JournalRun
{
    private static readonly string s_moduleVersion = typeof(JournalRun).Assembly.GetName().Version!.ToString(3);
    private static readonly int s_processId = CurrentProcessId();

    /// <summary>The id of the run.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>The edition and version of PowerShell; null outside PowerShell.</summary>
    public string? PowerShell { get; init; }

    /// <summary>Whether digests stand in place of the prompt and of other texts.</summary>
    public bool OmitsPrompt { get; init; }

    /// <summary>Writes it as fields of a line.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString(JournalRecord.RunField, Id);
        json.WriteString("userName", UserAccount.Name);
        json.WriteString("machineName", Environment.MachineName);
        json.WriteNumber("processId", s_processId);
        json.WriteString("moduleVersion", s_moduleVersion);
        json.WriteString("powerShell", PowerShell);
        json.WriteBoolean(JournalRecord.PromptOmittedField, OmitsPrompt);
    }

    private static int CurrentProcessId()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.Id;
    }
}
