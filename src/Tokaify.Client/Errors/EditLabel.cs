using System.Globalization;

namespace Tokaify;

/// <summary>The text that names the edit in a message: <c>img07.jpg</c>, or <c>row 12, img07.jpg (variation 2)</c>.</summary>
public static class EditLabel
{
    private const int LongestPrompt = 40;
    private const int LongestName = 255;

    /// <summary>Creates a label.</summary>
    /// <param name="path">The path of the source; null for an image from text alone.</param>
    /// <param name="prompt">The prompt, which names an image from text alone.</param>
    /// <param name="row">The number of the table's row, from 1; null if the input is not a table.</param>
    /// <param name="variation">The number among the variations of a source, from 1; null if there is only one.</param>
    /// <returns>Null if there is nothing to name.</returns>
    public static string? Of(string? path, string? prompt, int? row = null, int? variation = null)
    {
        var name = string.IsNullOrWhiteSpace(path) ? Beginning(prompt ?? "") : FileName(path!);
        string[] words = [row is null ? "" : string.Format(CultureInfo.InvariantCulture, "row {0}", row), name];
        var label = string.Join(", ", words.Where(word => word.Length > 0));
        return label.Length == 0 ? null
            : variation is null ? label
            : string.Format(CultureInfo.InvariantCulture, "{0} (variation {1})", label, variation);
    }

    // A user's path may end in a separator.
    private static string FileName(string path)
    {
        var name = FilePath.NameOf(FilePath.WithoutEnd(path));
        return TextSanitizer.Shorten(InOneLine(name.Length > 0 ? name : path), LongestName);
    }

    private static string Beginning(string prompt) => TextSanitizer.Shorten(InOneLine(prompt), LongestPrompt);

    private static string InOneLine(string text) => TextSanitizer.InOneLine(ControlCharacters.Remove(text));
}
