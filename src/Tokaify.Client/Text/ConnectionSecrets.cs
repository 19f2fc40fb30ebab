namespace Tokaify;

/// <summary>A secret of a connection.</summary>
/// <param name="Text">The secret.</param>
/// <param name="UserName">The user name that belongs to it; null if there is none.</param>
internal sealed record Secret(string Text, string? UserName = null);

/// <summary>The secrets of a connection that must not be shown: its key and every proxy password.</summary>
internal static class ConnectionSecrets
{
    private static readonly string[] s_variables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

    /// <summary>Collects the secrets.</summary>
    /// <param name="connection">The connection.</param>
    public static IReadOnlyList<Secret> Of(TokaifyConnection connection) =>
    [
        .. All(connection).Where(secret => secret.Text.Length > 0).Distinct(),
    ];

    private static IEnumerable<Secret> All(TokaifyConnection connection)
    {
        if (connection.ApiKey is { } key)
        {
            yield return new Secret(key.Reveal());
        }

        if (connection.ProxyCredential is { } credential)
        {
            yield return new Secret(credential.Password, credential.UserName);
            yield return new Secret(credential.Password, $@"{credential.Domain}\{credential.UserName}");
        }

        foreach (var secret in s_variables.Select(Environment.GetEnvironmentVariable).OfType<string>().SelectMany(OfAddress))
        {
            yield return secret;
        }
    }

    /// <summary>Returns the password in a proxy address of the environment, as it is written and decoded.</summary>
    /// <remarks>Parsed without <see cref="Uri"/>, because such an address may lack a scheme, and its password may contain characters that
    /// an address cannot have.</remarks>
    internal static IEnumerable<Secret> OfAddress(string address)
    {
        var end = address.LastIndexOf('@');
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + "://".Length;
        var colon = end > start ? address.IndexOf(':', start, end - start) : -1;
        if (colon < 0)
        {
            yield break;
        }

        var name = address.Substring(start, colon - start);
        var password = address.Substring(colon + 1, end - colon - 1);
        yield return new Secret(password, name);
        yield return new Secret(Uri.UnescapeDataString(password), Uri.UnescapeDataString(name));
    }
}
