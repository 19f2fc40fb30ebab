namespace Tokaify.PowerShell;

/// <summary>The protocols by which terminals draw images.</summary>
public enum TerminalProtocol
{
    /// <summary>The protocol that is detected for the terminal.</summary>
    Auto,

    /// <summary>iTerm2's inline images: also WezTerm, Konsole, mintty, the terminal of Visual Studio Code.</summary>
    ITerm2,

    /// <summary>The graphics protocol of kitty: also Ghostty. PNG only.</summary>
    Kitty,

    /// <summary>Sixel, of the VT340: also Windows Terminal 1.22, foot, mlterm, and xterm if it is configured for it. PNG only.</summary>
    Sixel,

    /// <summary>Half-blocks, coloured text: any terminal. PNG only.</summary>
    Blocks,
}
