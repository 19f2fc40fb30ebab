namespace Tokaify.PowerShell;

/// <summary>The ways in which terminals take images.</summary>
public enum TerminalProtocol
{
    /// <summary>The one that the terminal is known to understand.</summary>
    Auto,

    /// <summary>iTerm2's inline images: also WezTerm, Konsole, mintty, the terminal of Visual Studio Code.</summary>
    ITerm2,

    /// <summary>The graphics protocol of kitty: also Ghostty. PNG alone.</summary>
    Kitty,

    /// <summary>Sixel, of the VT340: also Windows Terminal 1.22, foot, mlterm, xterm where it is set up so. PNG alone.</summary>
    Sixel,

    /// <summary>Half-blocks, text in colours: any terminal. PNG alone.</summary>
    Blocks,
}
