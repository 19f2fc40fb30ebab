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

    /// <summary>The proxy to go through. Default: the system's.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? Proxy { get; set; }

    /// <summary>Who to be before the proxy.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Lets the key travel over plain http to another machine.</summary>
    [Parameter]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    /// <summary>Emits the context.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var context = new TokaifyContext
        {
            BaseUri = BaseUri,
            ApiKey = ApiKey is null ? null : ResolveContext().ApiKey,
            Model = Model,
            Proxy = Proxy,
            ProxyCredential = ProxyCredential?.GetNetworkCredential(),
            AllowUnencryptedAuthentication = AllowUnencryptedAuthentication,
        };
        var before = TokaifyContext.Session;
        TokaifyContext.Session = context;
        try
        {
            TokaifyContext.Effective.ToConnection().Validate();
        }
        catch (TokaifyException exception)
        {
            TokaifyContext.Session = before;
            Throw(exception);
        }

        if (PassThru)
        {
            WriteObject(TokaifyContext.Effective);
        }
    }
}
