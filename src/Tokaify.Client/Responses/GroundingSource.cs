namespace Tokaify;

/// <summary>A page or an image that a search found and the model rested on: <c>groundingMetadata.groundingChunks[]</c>.</summary>
/// <param name="Title">Its title; null if there is none.</param>
/// <param name="Uri">The address of the page; null if there is none. The service names it; nothing has been fetched from it.</param>
/// <param name="ImageUri">The address of the image; null for a page.</param>
public sealed record GroundingSource(string? Title, string? Uri, string? ImageUri)
{
    /// <summary>The title, or the address.</summary>
    public override string ToString() => Title ?? Uri ?? ImageUri ?? "";
}
