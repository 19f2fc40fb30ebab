namespace Tokaify.PowerShell;

/// <summary>The terminal, and the protocol by which it displays images.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Protocol">How it displays images; null if it displays none, or if that is not known.</param>
/// <param name="Formats">The formats that it is known to draw.</param>
internal sealed record ImageTerminal(string Name, TerminalProtocol? Protocol, IReadOnlyList<ImageFormat> Formats)
{
    private static readonly ImageFormat[] s_pngAlone = [ImageFormat.Png];
    private static readonly ImageFormat[] s_common = [ImageFormat.Png, ImageFormat.Jpeg];
    private static readonly ImageFormat[] s_commonAndWebp = [ImageFormat.Png, ImageFormat.Jpeg, ImageFormat.Webp];

    /// <summary>Whether tmux stands between: it hands on only what is wrapped for it, where <c>allow-passthrough</c> is on. It knows
    /// nothing of the image then, may draw over it, and may drop what comes faster than the terminal takes it.</summary>
    public bool IsInsideTmux { get; private init; }

    /// <summary>Whether it gets pixels, which have to be decoded first, and not files.</summary>
    public bool IsOfPixels => Protocol is TerminalProtocol.Sixel or TerminalProtocol.Blocks;

    /// <summary>Whether it has colours of 24 bits.</summary>
    public bool HasAllColours { get; private init; } = true;

    /// <summary>Whether it shows text alone.</summary>
    public bool IsDumb { get; private init; }

    /// <summary>The number of colours of an image in Sixel.</summary>
    public int Colours { get; private init; } = TerminalResponses.None.Colours;

    /// <summary>Looks at the environment. What it does not know, the terminal itself is asked for (<see cref="TerminalQuestion"/>).
    /// </summary>
    /// <remarks>
    /// A terminal's own <c>TERM</c> comes first, since each sets it anew; <c>TERM_PROGRAM</c> next; then what a terminal may have
    /// inherited from another one that it was started in. <c>LC_TERMINAL</c> is iTerm2's, and travels with ssh. Where a terminal
    /// knows both protocols, iTerm2's is taken: it takes more formats. What each draws: iTerm2 whatever macOS does
    /// (<see href="https://iterm2.com/documentation-images.html"/>); Visual Studio Code PNG and JPEG, where
    /// <c>terminal.integrated.enableImages</c> is on (the README of @xterm/addon-image).
    /// </remarks>
    /// <param name="variable">Reads an environment variable.</param>
    public static ImageTerminal Detect(Func<string, string?> variable)
    {
        var isInsideTmux = IsSet(variable, "TMUX");
        var hasAllColours = variable("COLORTERM") is "truecolor" or "24bit";
        if (isInsideTmux || IsSet(variable, "STY"))
        {
            // Whatever the environment says is of the terminal that the first session began in, not of the one that looks on.
            return new(isInsideTmux ? "tmux" : "screen", null, s_common)
            {
                IsInsideTmux = isInsideTmux,
                HasAllColours = isInsideTmux || hasAllColours,
            };
        }

        return ByTerm(variable("TERM")) ?? ByProgram(variable("TERM_PROGRAM")) ?? ByTraces(variable)
            ?? new(NameOf(variable), null, s_common)
            {
                // These two take other numbers for what they are not, and draw nonsense.
                HasAllColours = hasAllColours || !(variable("TERM") == "linux" || variable("TERM_PROGRAM") == "Apple_Terminal"),
                IsDumb = variable("TERM") == "dumb",
            };
    }

    /// <summary>The terminal, with what it says of itself. Where nothing better is known, half-blocks are drawn.</summary>
    public ImageTerminal With(TerminalResponses responses)
    {
        var protocol = Protocol ?? (responses.HasSixel ? TerminalProtocol.Sixel : TerminalProtocol.Blocks);
        return this with { Protocol = protocol, Colours = responses.Colours, Formats = Protocol is null ? s_pngAlone : Formats };
    }

    /// <summary>The terminal, where the user says how it takes images.</summary>
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
