using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Sets what the session's commands work with: the key, the relay, the model. Nothing is sent.</summary>
[Cmdlet(VerbsCommunications.Connect, "Tokaify")]
[OutputType(typeof(TokaifyContext))]
public sealed class ConnectTokaifyCommand : ConnectedCommand
{
    /// <summary>The model that serves where a command names none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>A connection of another runspace of this process, as Get-TokaifyContext returns it there. The other parameters win over
    /// it.</summary>
    [Parameter]
    [ValidateNotNull]
    [LiveContext]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public TokaifyContext? Context { get; set; }

    /// <summary>Emits the context.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var given = (GivenContext() with { Model = Model }).Over(Context ?? new TokaifyContext());
        var effective = Require(() =>
        {
            var context = given.WithDefaults();
            CheckConnection(context);
            return context;
        });
        Session.Context = given;
        if (PassThru)
        {
            WriteObject(effective);
        }
    }

    private void CheckConnection(TokaifyContext context)
    {
        try
        {
            Validate(context.ToConnection());
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.ApiKeyMissing && Session.Context.Key is not null)
        {
            throw new TokaifyException(
                exception.ErrorId,
                "Connect-Tokaify sets everything anew, also what it is not told: give the key once more, with -ApiKey. The session has kept what it had.",
                exception);
        }
    }
}
