using System.ComponentModel;
using System.Globalization;
using System.Management.Automation.Host;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Fits text into a table cell whose width depends on the window.</summary>
/// <remarks>
/// If the terminal supports links, the name of a saved image is a link to it: an OSC 8 sequence
/// (<see href="https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda"/>). PowerShell 7 does not count the sequence as text,
/// and removes it if the output goes to a file or if <c>$PSStyle.OutputRendering</c> says so. But if PowerShell breaks a line within a
/// link, the rest of the line, including other columns, becomes part of the link. So lines are broken here, and each line has its own
/// links. Windows PowerShell does not support this, and gets no links.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellText
{
    private const int NarrowestColumn = 15;

    private static readonly string[] s_elsewhere = ["SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"];

    /// <summary>Returns the files' names, separated by commas, each as a link if the terminal supports links.</summary>
    /// <param name="paths">Full paths.</param>
    /// <param name="host">The host that shows them.</param>
    /// <param name="taken">The number of cells of a line that the columns of a known width take.</param>
    /// <param name="columns">The number of columns that share the rest.</param>
    public static string Links(string[] paths, PSHost host, int taken, int columns)
    {
        var names = (paths ?? []).Select(path => FilePath.NameOf(path ?? "")).ToList();
        var text = string.Join(", ", names);
#if NET
        if (text.Length > 0 && !Console.IsOutputRedirected && host?.UI is { SupportsVirtualTerminal: true, RawUI: { } window }
            && IsOfUse(Environment.GetEnvironmentVariable))
        {
            return LinkLines(paths!.Zip(names), Room(host, taken) / columns, window);
        }
#endif
        return text;
    }

    /// <summary>Returns words, with as many in a line as there is room for. If the column is too narrow to read, returns the number of
    /// words. PowerShell would break lines within a word.</summary>
    /// <param name="words">The words.</param>
    /// <param name="host">The host that shows them.</param>
    /// <param name="taken">The number of cells of a line that the other columns take.</param>
    public static string Lines(string[] words, PSHost host, int taken)
    {
        var room = Room(host, taken);
        if (room < NarrowestColumn && words?.Length > 1)
        {
            return words.Length.ToString(CultureInfo.InvariantCulture);
        }

        var text = new StringBuilder();
        var length = 0;
        foreach (var word in words ?? [])
        {
            var fits = length == 0 || length + 1 + word.Length <= room;
            text.Append(length == 0 ? "" : fits ? " " : "\n").Append(word);
            length = fits && length > 0 ? length + 1 + word.Length : word.Length;
        }

        return text.ToString();
    }

    // PowerShell leaves the last cell of a line free. For a host without a window, the room is not limited.
    private static int Room(PSHost? host, int taken)
    {
        try
        {
            return host?.UI?.RawUI?.WindowSize.Width is > 0 and { } width ? width - 1 - taken : int.MaxValue;
        }
        catch (Exception exception) when (exception is HostException or NotImplementedException or IOException)
        {
            return int.MaxValue;
        }
    }

    /// <summary>Whether the terminal is known to support links, and has access to this machine's files.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    internal static bool IsOfUse(Func<string, string?> variable) =>
        !IsElsewhere(variable)
        && (IsKnown(variable("TERM"), variable("TERM_PROGRAM"), variable("TERM_PROGRAM_VERSION")) || HasTraces(variable));

    // Over ssh and from inside WSL, the terminal runs on another system, where the path means another file.
    private static bool IsElsewhere(Func<string, string?> variable) => s_elsewhere.Any(name => !string.IsNullOrEmpty(variable(name)));

    private static bool IsKnown(string? term, string? program, string? version) =>
        program == "tmux"
            // tmux 3.4 and later pass links on.
            ? double.TryParse(version?.TrimEnd('a', 'b', 'c', 'd'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number >= 3.4
            : term is "xterm-kitty" or "xterm-ghostty" or "alacritty" or "foot"
                || program is "iTerm.app" or "WezTerm" or "vscode" or "ghostty" or "mintty";

    // Environment variables of Windows Terminal, Konsole, and terminals with VTE 0.50 or later, such as GNOME Terminal.
    private static bool HasTraces(Func<string, string?> variable) =>
        variable("TERM_PROGRAM") != "tmux" && variable("TERM") is not ("dumb" or "linux")
        && (!string.IsNullOrEmpty(variable("WT_SESSION")) || !string.IsNullOrEmpty(variable("KONSOLE_VERSION"))
            || (int.TryParse(variable("VTE_VERSION"), NumberStyles.None, CultureInfo.InvariantCulture, out var vte) && vte >= 5000));

#if NET
    private static string Link(string path, string text) =>
        Uri.TryCreate(path, UriKind.Absolute, out var uri) ? $"\e]8;;{uri.AbsoluteUri}\e\\{text}\e]8;;\e\\" : text;

    private static string LinkLines(IEnumerable<(string Path, string Name)> files, int room, PSHostRawUserInterface window)
    {
        const string Separator = ", ";
        var text = new StringBuilder();
        var used = 0;
        foreach (var (path, name) in files)
        {
            text.Append(used > 0 ? Separator : "");
            used += used > 0 ? Separator.Length : 0;
            // A comma follows, unless it is the last one.
            if (used > 0 && used + window.LengthInBufferCells(name) + 1 > room)
            {
                text.Length--;
                text.Append('\n');
                used = 0;
            }

            for (var rest = name; rest.Length > 0;)
            {
                var length = Fitting(rest, room, window);
                text.Append(Link(path, rest[..length])).Append(length < rest.Length ? "\n" : "");
                used += window.LengthInBufferCells(rest[..length]);
                rest = rest[length..];
                used = rest.Length > 0 ? 0 : used;
            }
        }

        return text.ToString();
    }

    // Returns how many of the text's first characters fit in a line, at least one. Ends at a space if there is one.
    private static int Fitting(string text, int room, PSHostRawUserInterface window)
    {
        var length = text.Length;
        while (length > 1 && (char.IsHighSurrogate(text[length - 1]) || window.LengthInBufferCells(text[..length]) > room))
        {
            length--;
        }

        var space = length < text.Length ? text.LastIndexOf(' ', length) : -1;
        if (space > 0)
        {
            return Math.Min(space + 1, length);
        }

        return length > 1 || !char.IsHighSurrogate(text[0]) ? length : Math.Min(2, text.Length);
    }
#endif
}
