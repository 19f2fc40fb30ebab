using System.Diagnostics;

namespace Tokaify.Tests;

/// <summary>Other programs, run by tests.</summary>
internal static class Programs
{
    /// <summary>How to start a program so that a test can read what it prints.</summary>
    public static ProcessStartInfo Start(string program, params string[] arguments)
    {
        // The shell is .NET Framework's default.
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProgramRun> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new ProgramRun(process.Id, process.ExitCode, output[0], output[1]);
    }
}

/// <summary>The result of running a program.</summary>
internal sealed record ProgramRun(int ProcessId, int ExitCode, string Output, string Errors);
