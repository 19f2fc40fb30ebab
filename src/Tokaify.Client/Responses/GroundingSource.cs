using System.Collections.ObjectModel;

namespace Tokaify;

/// <summary>A page or an image that a search found and the model used: <c>groundingMetadata.groundingChunks[]</c>.</summary>
/// <param name="Title">Its title; null if there is none.</param>
/// <param name="Uri">The address of the page, as the service gives it; null if there is none. Nothing has been fetched from it.</param>
/// <param name="ImageUri">The address of the image; null for a page.</param>
public sealed record GroundingSource(string? Title, string? Uri, string? ImageUri)
{
    /// <summary>The address, or else the title.</summary>
    public override string ToString() => Uri ?? ImageUri ?? Title ?? "";
}

/// <summary>The sources of a result.</summary>
/// <remarks>In a cell of a table, in a file or on a screen, the list is shown as its addresses.</remarks>
internal sealed class GroundingSources(IReadOnlyList<GroundingSource> sources) : ReadOnlyCollection<GroundingSource>([.. sources])
{
    public static GroundingSources None { get; } = new([]);

    /// <summary>The addresses, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", this);
}
