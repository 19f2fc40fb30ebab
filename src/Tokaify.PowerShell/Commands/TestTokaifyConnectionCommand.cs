using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Asks the relay for its models, once, and returns whether it can be used. A failure is a result, not an error record.</summary>
[Cmdlet(VerbsDiagnostic.Test, "TokaifyConnection")]
[OutputType(typeof(ConnectionTest), typeof(bool))]
public sealed class TestTokaifyConnectionCommand : ConnectedCommand, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The time limit in seconds; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int TimeoutSec { get; set; } = 30;

    /// <summary>Returns only $true or $false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var test = Run();
        WriteObject(Quiet ? test.Succeeded : test);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Releases the token source.</summary>
    public void Dispose() => _stopping.Dispose();

    private ConnectionTest Run()
    {
        TokaifyConnection? connection = null;
        try
        {
            var context = WithKey(ReadContext());
            connection = context.ToConnection();
            UseConnection(connection);
            return RunTest(context, TimeoutSec, _stopping.Token);
        }
        catch (TokaifyException exception)
        {
            return ConnectionTest.Failed(exception.Worded(Words.Of), connection);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
