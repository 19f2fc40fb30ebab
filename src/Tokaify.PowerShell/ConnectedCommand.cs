using System.Collections;
using System.Management.Automation;
using System.Security;

namespace Tokaify.PowerShell;

/// <summary>A command that talks to the relay: what it is given wins over the session, the environment and the defaults.</summary>
public abstract class ConnectedCommand : TokaifyCommand
{
    /// <summary>The API key. Default: the session's (Connect-Tokaify), else the environment's TOKAIFY_API_KEY.</summary>
    [Parameter]
    [ValidateNotNull]
    [Key]
    public SecureString? ApiKey { get; set; }

    /// <summary>The relay's address. Default: the session's, else the environment's TOKAIFY_BASE_URL, else the public one.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? BaseUri { get; set; }

    /// <summary>The proxy to go through. Default: the session's, else the system's and the environment's.</summary>
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

    /// <summary>How the command's requests name the module, PowerShell and the system.</summary>
    private protected string UserAgentOfSession => UserAgent.Of(
        "Tokaify.PowerShell",
        typeof(ConnectedCommand).Assembly.GetName().Version!,
        $"PowerShell {(SessionState.PSVariable.GetValue("PSVersionTable") as IDictionary)?["PSVersion"]}");

    /// <summary>What this command was given of a context, and nothing else.</summary>
    private protected TokaifyContext GivenContext() => Require(() => new TokaifyContext
    {
        BaseUri = BaseUri,
        Key = ApiKey is null ? null : new ApiKey(ApiKey),
        Proxy = Proxy,
        ProxyCredential = ProxyCredential?.GetNetworkCredential(),
        AllowUnencryptedAuthentication = AllowUnencryptedAuthentication,
    });
}
