using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Gathers what a bug report needs, without secrets.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyDiagnostic")]
[OutputType(typeof(Diagnostic))]
public sealed class GetTokaifyDiagnosticCommand : TokaifyCommand, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Asks the relay nothing.</summary>
    [Parameter]
    public SwitchParameter SkipConnectionTest { get; set; }

    /// <summary>The seconds that the request to the relay may take; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, 24 * 60 * 60)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int TimeoutSec { get; set; } = 10;

    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(new DiagnosticReader(this, Session).Read(SkipConnectionTest ? null : Test));

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Lets go of what cancels.</summary>
    public void Dispose() => _stopping.Dispose();

    private ConnectionTest Test(TokaifyContext context)
    {
        try
        {
            return ConnectionTest.RunAsync(WithKey(context).ToConnection(), TimeSpan.FromSeconds(TimeoutSec), options: null, _stopping.Token).GetAwaiter().GetResult();
        }
        catch (TokaifyException exception)
        {
            return ConnectionTest.Failed(exception, context.ToConnection());
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
