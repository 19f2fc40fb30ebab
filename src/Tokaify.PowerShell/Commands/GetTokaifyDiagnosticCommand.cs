using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Collects the data that a bug report needs, without secrets.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyDiagnostic")]
[OutputType(typeof(Diagnostic))]
public sealed class GetTokaifyDiagnosticCommand : TokaifyCommand, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Sends no request to the relay.</summary>
    [Parameter]
    public SwitchParameter SkipConnectionTest { get; set; }

    /// <summary>The time limit of the request to the relay, in seconds; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int TimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(new DiagnosticReader(this, Session).Read(SkipConnectionTest ? null : Test));

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Releases the token source.</summary>
    public void Dispose() => _stopping.Dispose();

    private ConnectionTest Test(TokaifyContext context)
    {
        try
        {
            return RunTest(WithKey(context), TimeoutSec, _stopping.Token);
        }
        catch (TokaifyException exception)
        {
            return ConnectionTest.Failed(exception.Worded(Words.Of), context.ToConnection());
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
