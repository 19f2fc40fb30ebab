namespace Tokaify.PowerShell;

/// <summary>The terminal, and the protocol by which it displays images.</summary>
/// <param name="Name">Its name for messages.</param>
/// <param name="Protocol">Its protocol for images; null if it is not known.</param>
/// <param name="Formats">The formats that it can draw.</param>
internal sealed record ImageTerminal(string Name, TerminalProtocol? Protocol, IReadOnlyList<ImageFormat> Formats)
{
    private static readonly ImageFormat[] s_pngAlone = [ImageFormat.Png];
    private static readonly ImageFormat[] s_common = [ImageFormat.Png, ImageFormat.Jpeg];
    private static readonly ImageFormat[] s_commonAndWebp = [ImageFormat.Png, ImageFormat.Jpeg, ImageFormat.Webp];

    /// <summary>Whether tmux is between the command and the terminal. tmux passes on only wrapped sequences, and only if
    /// <c>allow-passthrough</c> is on. It does not know about the image, so it may draw over it. It may also drop data that arrives faster
    /// than the terminal reads it.</summary>
    public bool IsInsideTmux { get; private init; }

    /// <summary>Whether the terminal needs decoded pixels instead of files.</summary>
    public bool IsOfPixels => Protocol is TerminalProtocol.Sixel or TerminalProtocol.Blocks;

    /// <summary>Whether it supports colours of 24 bits.</summary>
    public bool HasAllColours { get; private init; } = true;

    /// <summary>Whether it shows only text.</summary>
    public bool IsDumb { get; private init; }

    /// <summary>The number of colours of an image in Sixel.</summary>
    public int Colours { get; private init; } = TerminalResponses.None.Colours;

    /// <summary>Detects the terminal from environment variables. If they are not enough, the terminal itself is queried
    /// (<see cref="TerminalQuestion"/>).</summary>
    /// <remarks>
    /// <c>TERM</c> is checked first, because every terminal sets it. <c>TERM_PROGRAM</c> is next, then variables that may be inherited from
    /// another terminal. <c>LC_TERMINAL</c> is set by iTerm2, and ssh passes it on. If a terminal supports both protocols, iTerm2's is
    /// used, because it accepts more formats. iTerm2 draws all formats of macOS
    /// (<see href="https://iterm2.com/documentation-images.html"/>). Visual Studio Code draws PNG and JPEG, if
    /// <c>terminal.integrated.enableImages</c> is on (the README of @xterm/addon-image).
    /// </remarks>
    /// <param name="variable">Reads an environment variable.</param>
    public static ImageTerminal Detect(Func<string, string?> variable)
    {
        var isInsideTmux = IsSet(variable, "TMUX");
        var hasAllColours = variable("COLORTERM") is "truecolor" or "24bit";
        if (isInsideTmux || IsSet(variable, "STY"))
        {
            // The environment describes the terminal in which the first session was started, not the terminal that is attached now.
            return new(isInsideTmux ? "tmux" : "screen", null, s_common)
            {
                IsInsideTmux = isInsideTmux,
                HasAllColours = isInsideTmux || hasAllColours,
            };
        }

        return ByTerm(variable("TERM")) ?? ByProgram(variable("TERM_PROGRAM")) ?? ByTraces(variable)
            ?? new(NameOf(variable), null, s_common)
            {
                // These two terminals misread 24-bit colours, and draw wrong output.
                HasAllColours = hasAllColours || !(variable("TERM") == "linux" || variable("TERM_PROGRAM") == "Apple_Terminal"),
                IsDumb = variable("TERM") == "dumb",
            };
    }

    /// <summary>Returns the terminal with its responses to queries. Half-blocks are used if no other protocol is known.</summary>
    public ImageTerminal With(TerminalResponses responses)
    {
        var protocol = Protocol ?? (responses.HasSixel ? TerminalProtocol.Sixel : TerminalProtocol.Blocks);
        return this with { Protocol = protocol, Colours = responses.Colours, Formats = Protocol is null ? s_pngAlone : Formats };
    }

    /// <summary>Returns the terminal with the protocol that the user has chosen.</summary>
    public ImageTerminal With(TerminalProtocol protocol) => protocol == TerminalProtocol.Auto
        ? this
        : this with { Protocol = protocol, Formats = protocol == TerminalProtocol.ITerm2 ? ImageFormats.All : s_pngAlone };

    private static ImageTerminal? ByTerm(string? term) => term switch
    {
        "xterm-kitty" => new("kitty", TerminalProtocol.Kitty, s_pngAlone),
        "xterm-ghostty" => new("Ghostty", TerminalProtocol.Kitty, s_pngAlone),
        _ => null,
    };

    private static ImageTerminal? ByProgram(string? program) => program switch
    {
        "iTerm.app" => new("iTerm2", TerminalProtocol.ITerm2, ImageFormats.All),
        "WezTerm" => new("WezTerm", TerminalProtocol.ITerm2, s_commonAndWebp),
        "vscode" => new("Visual Studio Code", TerminalProtocol.ITerm2, s_common),
        "mintty" => new("mintty", TerminalProtocol.ITerm2, s_common),
        "ghostty" => new("Ghostty", TerminalProtocol.Kitty, s_pngAlone),
        _ => null,
    };

    private static ImageTerminal? ByTraces(Func<string, string?> variable) =>
        variable("LC_TERMINAL") == "iTerm2" ? new("iTerm2", TerminalProtocol.ITerm2, ImageFormats.All)
        : IsSet(variable, "WEZTERM_PANE") ? new("WezTerm", TerminalProtocol.ITerm2, s_commonAndWebp)
        : IsSet(variable, "KONSOLE_VERSION") ? new("Konsole", TerminalProtocol.ITerm2, s_commonAndWebp)
        : IsSet(variable, "KITTY_WINDOW_ID") ? new("kitty", TerminalProtocol.Kitty, s_pngAlone)
        : null;

    private static string NameOf(Func<string, string?> variable) =>
        IsSet(variable, "WT_SESSION") ? "Windows Terminal"
        : new[] { variable("TERM_PROGRAM"), variable("TERM") }.FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? "unknown";

    private static bool IsSet(Func<string, string?> variable, string name) => !string.IsNullOrEmpty(variable(name));
}
