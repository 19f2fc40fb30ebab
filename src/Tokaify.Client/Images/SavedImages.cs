using System.Collections.ObjectModel;

namespace Tokaify;

/// <summary>The images of a result.</summary>
/// <remarks>In a cell of a table, in a file or on a screen, the list is shown as its paths.</remarks>
internal sealed class SavedImages(IReadOnlyList<SavedImage> images) : ReadOnlyCollection<SavedImage>([.. images])
{
    /// <summary>The full paths, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", this);
}
