#if !NET
using System.Net;

namespace Tokaify;

/// <summary>The proxy of the user's settings, with credentials of the connection's own.</summary>
/// <remarks>
/// .NET Framework keeps one proxy of the settings for the whole process, credentials included. These are told to that proxy and
/// to nothing else in the process.
/// </remarks>
internal sealed class SettingsProxy(ICredentials credentials) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials Credentials { get; set; } = credentials;

    /// <inheritdoc/>
    public Uri GetProxy(Uri destination) => WebRequest.DefaultWebProxy?.GetProxy(destination) ?? destination;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) => WebRequest.DefaultWebProxy?.IsBypassed(host) ?? true;
}
#endif
