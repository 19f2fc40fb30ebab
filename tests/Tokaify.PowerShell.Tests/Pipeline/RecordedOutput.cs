using Tokaify.PowerShell;

namespace Tokaify.Tests.Pipeline;

/// <summary>The streams of a command, kept.</summary>
internal sealed class RecordedOutput : IBatchOutput
{
    public List<object> Results { get; } = [];

    public List<(TokaifyException Error, object? Target)> Failures { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Verbose { get; } = [];

    public List<object> Information { get; } = [];

    /// <summary>Also runs when a result is written. It may throw, as PowerShell does if the pipeline has ended.</summary>
    public Action? OnResult { get; set; }

    public bool Stopping { get; set; }

    public void WriteObject(object result)
    {
        OnResult?.Invoke();
        Results.Add(result);
    }

    public void WriteFailure(TokaifyException exception, object? target) => Failures.Add((exception, target));

    public void WriteWarning(string text) => Warnings.Add(text);

    public void WriteVerbose(string text) => Verbose.Add(text);

    public void WriteInformation(object messageData, string[] tags) => Information.Add(messageData);
}
