using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Sets the key, the relay and the model for the commands of the session. Sends nothing.</summary>
[Cmdlet(VerbsCommunications.Connect, "Tokaify")]
[OutputType(typeof(TokaifyContext))]
public sealed class ConnectTokaifyCommand : ConnectedCommand
{
    /// <summary>The name of the secret that contains the key, in a vault of Microsoft.PowerShell.SecretManagement.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? SecretName { get; set; }

    /// <summary>The vault that has the secret. Default: all registered ones, the default vault first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? Vault { get; set; }

    /// <summary>The profile whose address, model, proxy, key and limits the session uses. The other parameters take precedence over
    /// it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? Profile { get; set; }

    /// <summary>The model for commands that are not given one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>The connection of another runspace of this process, as Get-TokaifyContext returns it there. The other parameters take
    /// precedence over it.</summary>
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
        Require(CheckSources);
        var (given, effective) = Require(ReadContexts);
        Session.Context = given;
        if (PassThru)
        {
            WriteObject(effective);
        }
    }

    // Returns the settings that the session keeps, and the same settings with the values of the environment and the defaults.
    private (TokaifyContext Given, TokaifyContext Effective) ReadContexts()
    {
        // The key in the vault may have changed since it was read.
        Session.ForgetProfileKey();
        var own = GivenContext() with { Model = Model, KeyOrigin = "the key given to Connect-Tokaify" };
        if (SecretName is not null)
        {
            own = own with { Key = Vaults.ReadKey(SecretName, Vault), KeyOrigin = $"the secret '{SecretName}', then run Connect-Tokaify again" };
        }

        var given = own.Over(Profile is null ? Context ?? new TokaifyContext() : TokaifyContext.Of(ProfileStore.Default.Get(Profile)));
        if (Profile is not null)
        {
            given = WithKey(given);
        }

        var effective = WithKey(given.WithDefaults());
        CheckConnection(effective);
        return (given, effective);
    }

    private void CheckSources()
    {
        if (SecretName is not null && ApiKey is not null)
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The key comes from -ApiKey or from -SecretName: use one of them.");
        }

        if (Vault is not null && SecretName is null)
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "-Vault says where the secret is: name it with -SecretName.");
        }

        if (Profile is not null && Context is not null)
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The connection comes from -Profile or from -Context: use one of them.");
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
                "Connect-Tokaify resets every setting that is not given: give the key again, with -ApiKey or -SecretName. "
                + "The session's settings are unchanged.",
                exception);
        }
    }
}
