using System.Collections.ObjectModel;

namespace Tokaify;

/// <summary>The images of a result.</summary>
/// <remarks>A list that says what is in it: as a cell of a table, in a file or on a screen, it is its paths.</remarks>
internal sealed class SavedImages(IReadOnlyList<SavedImage> images) : ReadOnlyCollection<SavedImage>([.. images])
{
    /// <summary>The full paths, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", this);
}
