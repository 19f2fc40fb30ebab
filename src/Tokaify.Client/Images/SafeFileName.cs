using System.Text;

namespace Tokaify;

/// <summary>File names that hold on every system, so that a folder made on one can be copied to another.</summary>
internal static class SafeFileName
{
    // Of 255 bytes that most file systems take, some are left for a number and an extension.
    private const int MaximumBytes = 230;

    // https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    private const string Reserved = "<>:\"/\\|?*";

    private static readonly HashSet<string> s_devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
            "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>A name as close to the one asked for as can be.</summary>
    /// <param name="name">A file name, with or without an extension.</param>
    public static string From(string name)
    {
        var safe = new StringBuilder(name.Length);
        for (var index = 0; index < name.Length; index++)
        {
            if (index + 1 < name.Length && char.IsSurrogatePair(name[index], name[index + 1]))
            {
                safe.Append(name[index]).Append(name[++index]);
            }
            else
            {
                safe.Append(IsUnsafe(name[index]) ? '_' : name[index]);
            }
        }

        var text = Shorten(safe.ToString(), MaximumBytes).TrimEnd('.', ' ').TrimStart(' ');
        if (text.Trim('.').Length == 0)
        {
            return "_";
        }

        return s_devices.Contains(text.Split('.')[0].TrimEnd(' ')) ? "_" + text : text;
    }

    // Line feed and tab are text elsewhere, not in a name. Spaces without width make two names look alike; half of a surrogate pair
    // cannot be written in UTF-8. Joiners stay: emoji, Persian and Indic scripts need them.
    private static bool IsUnsafe(char character) =>
        character is '\n' or '\t' or '\u00AD' or '\u180E' or '\u200B' or '\uFEFF' or (>= '\u2060' and <= '\u2064') or (>= '\uFFF9' and <= '\uFFFB')
        || ControlCharacters.Contains(character) || char.IsSurrogate(character) || Reserved.Contains(character);

    /// <summary>Whether Windows takes a name for a device's.</summary>
    internal static bool IsDevice(string name) => s_devices.Contains(name);

    /// <summary>As much of a text as fits into a number of bytes in UTF-8, between characters.</summary>
    internal static string Shorten(string text, int bytes)
    {
        while (Encoding.UTF8.GetByteCount(text) > bytes)
        {
            var length = text.Length - 1;
            text = text.Substring(0, char.IsLowSurrogate(text[length]) ? length - 1 : length);
        }

        return text;
    }
}
