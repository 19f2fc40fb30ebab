namespace Tokaify.PowerShell;

/// <summary>A marked text that is bound as path or prompt if an object is neither. It holds the error message for the user.</summary>
/// <remarks>If the binding of an object fails, PowerShell tries the next way to bind it, and the user reads PowerShell's own message. So a
/// marked text is bound, and the command refuses it. Paths and prompts do not begin with a null character.</remarks>
internal static class UnusableInput
{
    private const char Mark = '\0';

    /// <summary>Creates a marked text.</summary>
    /// <param name="message">The error message.</param>
    public static string Because(string message) => Mark + message;

    /// <summary>Returns a path or a prompt unchanged, and null for a marked text.</summary>
    public static string? Named(string? text) => IsMarked(text) ? null : text;

    /// <summary>Throws if the text is marked.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the text is marked.</exception>
    public static void Check(string? text)
    {
        if (IsMarked(text))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, text!.Substring(1));
        }
    }

    private static bool IsMarked(string? text) => text is { Length: > 0 } && text[0] == Mark;
}
