using System.Management.Automation;
using System.Security;

namespace Tokaify.PowerShell;

/// <summary>A command that talks to the relay: what it is given wins over the session, the environment and the defaults.</summary>
public abstract class ConnectedCommand : TokaifyCommand
{
    /// <summary>The API key. Default: the session's (Connect-Tokaify), else the environment's TOKAIFY_API_KEY.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? ApiKey { get; set; }

    /// <summary>The relay's address. Default: the session's, else the environment's TOKAIFY_BASE_URL, else the public one.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? BaseUri { get; set; }

    /// <summary>The session's context with what this command was given in its place.</summary>
    private protected TokaifyContext ResolveContext() => Require(() =>
    {
        var context = TokaifyContext.Effective;
        return context with
        {
            BaseUri = BaseUri ?? context.BaseUri,
            ApiKey = ApiKey is null ? context.ApiKey : ToApiKey(ApiKey),
        };
    });

    private static ApiKey ToApiKey(SecureString secret) => secret.Length > 0
        ? new ApiKey(secret)
        : throw new TokaifyException(TokaifyErrorId.ApiKeyMissing, "The API key given with -ApiKey is empty.");
}
