namespace Tokaify;

/// <summary>An address as a text for a message.</summary>
internal static class AddressText
{
    /// <summary>Returns an address without user name, password, query and fragment.</summary>
    /// <remarks>It is parsed without <see cref="Uri"/>, because an address may lack a scheme, and its password may contain characters that
    /// an address cannot have. So of an address with an @ in its path, only the rest behind it is returned.</remarks>
    public static string Of(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + "://".Length;
        return address.Substring(0, start) + address.Substring(Math.Max(start, address.LastIndexOf('@') + 1)).Split('?', '#')[0];
    }

    /// <summary>The same for an address that was parsed, whose path may have an @. Returns null if the rest is not an address.</summary>
    public static Uri? Of(Uri address) =>
        IsBare(address) ? address
        : Uri.TryCreate(Of(address.OriginalString), UriKind.RelativeOrAbsolute, out var bare) ? bare
        : null;

    /// <summary>The same as a text.</summary>
    public static string TextOf(Uri address) => IsBare(address) ? address.ToString() : Of(address.ToString());

    // An address without a scheme, such as joe:password@host, is parsed as one with the scheme joe and without a host. Some schemes have no
    // query, so it is part of the path.
    private static bool IsBare(Uri address) =>
        address is { IsAbsoluteUri: true, Host.Length: > 0, UserInfo.Length: 0 } && address.OriginalString.IndexOfAny(['?', '#']) < 0;
}
