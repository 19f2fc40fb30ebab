using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Sets the key, the relay and the model for the commands of the session. Sends nothing.</summary>
[Cmdlet(VerbsCommunications.Connect, "Tokaify")]
[OutputType(typeof(TokaifyContext))]
public sealed class ConnectTokaifyCommand : ConnectedCommand
{
    /// <summary>The name of the secret that is the key, in a vault of Microsoft.PowerShell.SecretManagement.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? SecretName { get; set; }

    /// <summary>The vault that has the secret. Default: all registered ones, the default vault first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? Vault { get; set; }

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
        var own = GivenContext() with { Model = Model };
        Require(CheckKeySource);
        var given = (own with { Key = own.Key ?? KeyFromVault() }).Over(Context ?? new TokaifyContext());
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

    private void CheckKeySource()
    {
        if (SecretName is not null && ApiKey is not null)
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The key comes from -ApiKey or from -SecretName: use one of them.");
        }

        if (Vault is not null && SecretName is null)
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "-Vault says where the secret is: name it with -SecretName.");
        }
    }

    private ApiKey? KeyFromVault() => SecretName is null
        ? null
        : Require(() => new SecretVaults(SessionState, Host, () => Stopping).ReadKey(SecretName, Vault));

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
