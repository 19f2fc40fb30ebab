namespace Tokaify.Emulation;

/// <summary>The signature of a 3.x model for an image, which it requires with the image in later turns.</summary>
/// <remarks>Upstream's signatures are opaque. The emulator's signature depends only on the image, so a missing, changed or exchanged
/// signature is detected without state between requests.</remarks>
internal static class ThoughtSignature
{
    /// <param name="imageSha256">The image's digest in lower-case hexadecimal.</param>
    /// <returns>Base64.</returns>
    public static string Of(string imageSha256) => Convert.ToBase64String(Digest.Of("thought signature of " + imageSha256));
}
