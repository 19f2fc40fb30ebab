#if !NET
using System.Net;

namespace Tokaify;

/// <summary>The proxy of the user's settings, with the credentials of the connection.</summary>
/// <remarks>
/// .NET Framework keeps one settings proxy, with its credentials, for the whole process. This class keeps the connection's credentials out
/// of that shared object.
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
