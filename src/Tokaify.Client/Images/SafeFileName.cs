using System.Text;

namespace Tokaify;

/// <summary>File names that are valid on every system, so that a folder can be copied from one to another.</summary>
internal static class SafeFileName
{
    // Most file systems allow 255 bytes; some are reserved for a number and an extension.
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

    /// <summary>Returns the valid name that is closest to a requested one.</summary>
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

    // Line feeds and tabs are allowed in texts, but not in names. Zero-width spaces make two names look alike; half of a surrogate pair
    // cannot be written in UTF-8. Joiners are kept, because emoji, Persian and Indic scripts need them.
    private static bool IsUnsafe(char character) =>
        character is '\n' or '\t' or '\u00AD' or '\u180E' or '\u200B' or '\uFEFF' or (>= '\u2060' and <= '\u2064') or (>= '\uFFF9' and <= '\uFFFB')
        || ControlCharacters.Contains(character) || char.IsSurrogate(character) || Reserved.Contains(character);

    /// <summary>Whether a name is that of a device on Windows.</summary>
    internal static bool IsDevice(string name) => s_devices.Contains(name);

    /// <summary>Shortens a text to a number of bytes in UTF-8, without splitting a character.</summary>
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
