namespace Tokaify;

/// <summary>An address as a text for a message.</summary>
internal static class AddressText
{
    /// <summary>Returns an address without user name, password, query and fragment.</summary>
    /// <remarks>It is parsed without <see cref="Uri"/>, because an address may lack a scheme, and its password may contain characters that
    /// an address cannot have.</remarks>
    public static string Of(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + "://".Length;
        return address.Substring(0, start) + address.Substring(Math.Max(start, address.LastIndexOf('@') + 1)).Split('?', '#')[0];
    }

    /// <summary>The same for an address that was parsed. Returns null if the rest is not an address.</summary>
    public static Uri? Of(Uri address) =>
        Of(address.OriginalString) is var text && text == address.OriginalString ? address
        : Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var bare) ? bare
        : null;
}
