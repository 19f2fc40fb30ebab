namespace Tokaify.PowerShell;

/// <summary>A link whose text and address come from outside.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Address">Its address; null if the page must not link to it.</param>
internal sealed record ReportLink(string Text, string? Address)
{
    /// <summary>Returns the address, if it is a web address.</summary>
    /// <returns>Null for scripts, files, addresses of other programs, and invalid addresses.</returns>
    public static string? WebAddress(string? address) =>
        Uri.TryCreate(address?.Trim(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? uri.AbsoluteUri
            : null;
}
