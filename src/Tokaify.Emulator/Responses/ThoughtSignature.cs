namespace Tokaify.Emulation;

/// <summary>What a 3.x model signs an image with, and wants back with it in a later turn.</summary>
/// <remarks>Upstream's is opaque. The emulator's follows from the image alone, so that a signature which was lost,
/// changed or put on another image is found without keeping anything between requests.</remarks>
internal static class ThoughtSignature
{
    /// <param name="imageSha256">The image's digest in lower-case hexadecimal.</param>
    /// <returns>Base64.</returns>
    public static string Of(string imageSha256) => Convert.ToBase64String(Digest.Of("thought signature of " + imageSha256));
}
