namespace Tokaify.PowerShell;

/// <summary>A text in the place of a path or a prompt, for an object that is neither: it says what is taken.</summary>
/// <remarks>If the binding of an object fails, PowerShell goes on to the next way to bind it, and the user reads PowerShell's own message.
/// So such a text is bound, and the command refuses it. No path and no prompt begins with a null character.</remarks>
internal static class UnusableInput
{
    private const char Mark = '\0';

    /// <summary>Makes such a text.</summary>
    /// <param name="message">What the user reads.</param>
    public static string Because(string message) => Mark + message;

    /// <summary>A path or a prompt as it is; null in place of such a text.</summary>
    public static string? Named(string? text) => IsMarked(text) ? null : text;

    /// <summary>Refuses such a text, and no other.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    public static void Check(string? text)
    {
        if (IsMarked(text))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, text!.Substring(1));
        }
    }

    private static bool IsMarked(string? text) => text is { Length: > 0 } && text[0] == Mark;
}
