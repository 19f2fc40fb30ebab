using System.ComponentModel;
using System.Globalization;
using System.Management.Automation.Host;

namespace Tokaify.PowerShell;

/// <summary>The name of a file as the module's views show it: a link to the file, where the terminal knows links.</summary>
/// <remarks>
/// A link is an OSC 8 sequence (<see href="https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda"/>). PowerShell 7
/// leaves it out when it counts the width of a column, and takes it out where the output goes to a file or
/// <c>$PSStyle.OutputRendering</c> says so; Windows PowerShell does neither, and gets none.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FileLink
{
    private static readonly string[] s_elsewhere = ["SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"];

    /// <summary>The file's name, as a link where that is of use.</summary>
    /// <param name="path">A full path; nothing comes of null.</param>
    /// <param name="host">What shows it.</param>
    public static string? To(string? path, PSHost? host)
    {
        if (string.IsNullOrEmpty(path))
        {
            return null;
        }

        var name = Path.GetFileName(path);
#if NET
        if (!Console.IsOutputRedirected && host?.UI?.SupportsVirtualTerminal == true
            && IsOfUse(Environment.GetEnvironmentVariable) && Uri.TryCreate(path, UriKind.Absolute, out var uri))
        {
            return $"\e]8;;{uri.AbsoluteUri}\e\\{name}\e]8;;\e\\";
        }
#endif
        return name;
    }

    /// <summary>Whether the terminal is known to make links of them, and shares the files with this machine.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    internal static bool IsOfUse(Func<string, string?> variable) =>
        !IsElsewhere(variable) && (IsKnown(variable("TERM"), variable("TERM_PROGRAM"), variable("TERM_PROGRAM_VERSION")) || HasTraces(variable));

    // Over ssh, and from inside WSL, a path means another file where the user clicks.
    private static bool IsElsewhere(Func<string, string?> variable) =>
        s_elsewhere.Any(name => !string.IsNullOrEmpty(variable(name)));

    private static bool IsKnown(string? term, string? program, string? version) =>
        program == "tmux"
            // tmux hands links on since 3.4.
            ? double.TryParse(version?.TrimEnd('a', 'b', 'c', 'd'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 3.4
            : term is "xterm-kitty" or "xterm-ghostty" or "alacritty" or "foot"
                || program is "iTerm.app" or "WezTerm" or "vscode" or "ghostty" or "mintty";

    // Of Windows Terminal, Konsole and those with VTE, GNOME's among them, since 0.50.
    private static bool HasTraces(Func<string, string?> variable) =>
        variable("TERM_PROGRAM") != "tmux" && variable("TERM") is not ("dumb" or "linux")
        && (!string.IsNullOrEmpty(variable("WT_SESSION")) || !string.IsNullOrEmpty(variable("KONSOLE_VERSION"))
            || (int.TryParse(variable("VTE_VERSION"), NumberStyles.None, CultureInfo.InvariantCulture, out var vte) && vte >= 5000));
}
