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

    /// <summary>Emits the context.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var given = GivenContext() with { Model = Model };
        var effective = Require(() =>
        {
            var context = given.WithDefaults();
            Validate(context);
            return context;
        });
        TokaifyContext.Session = given;
        if (PassThru)
        {
            WriteObject(effective);
        }
    }

    private static void Validate(TokaifyContext context)
    {
        try
        {
            context.ToConnection().Validate();
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.ApiKeyMissing && TokaifyContext.Session.Key is not null)
        {
            throw new TokaifyException(
                exception.ErrorId,
                "Connect-Tokaify sets everything anew, also what it is not told: give the key once more, with -ApiKey. The session has kept what it had.",
                exception);
        }
    }
}
