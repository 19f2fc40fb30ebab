namespace Tokaify.PowerShell;

/// <summary>A link whose text and address come from outside.</summary>
/// <param name="Text">What it is called.</param>
/// <param name="Address">Where it leads; null if the page must not lead there.</param>
internal sealed record ReportLink(string Text, string? Address)
{
    /// <summary>The address, if it is one of the web.</summary>
    /// <returns>Null for anything else: a script, a file, another program's address, or no address at all.</returns>
    public static string? WebAddress(string? address) =>
        Uri.TryCreate(address?.Trim(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? uri.AbsoluteUri
            : null;
}
