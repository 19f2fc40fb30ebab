using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>What the service's words mean.</summary>
internal static class ServiceWords
{
    // More than any service has to say, and little enough for a console.
    private const int Longest = 1000;

    private static readonly Regex s_base64 = new("[A-Za-z0-9+/]{120,}={0,2}", RegexOptions.CultureInvariant);
    private static readonly Regex s_requestId = new(@"request id:\s*([^\s)]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex s_unprintable = new(@"[\p{Cc}\p{Zl}\p{Zp}]+", RegexOptions.CultureInvariant);

    // https://ai.google.dev/api/generate-content#FinishReason
    private static readonly HashSet<string> s_blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "RECITATION", "IMAGE_RECITATION", "BLOCKLIST", "SPII",
    };

    /// <summary>The service's words as they may stand in a message: on one line, and with nothing in them that steers a terminal.</summary>
    public static string Clean(string words) => s_unprintable.Replace(words, " ").Trim();

    /// <summary>Words as an error message can hold them: no Base64, no more than people read.</summary>
    public static string Shorten(string words)
    {
        var text = s_base64.Replace(words, "(Base64 left out)").TrimEnd('.');
        return text.Length <= Longest ? text : text.Substring(0, Longest) + "…";
    }

    /// <summary>Whether a finish reason is a refusal.</summary>
    public static bool IsBlock(string? finishReason) => finishReason is not null && s_blocks.Contains(finishReason);

    /// <summary>What to do where an answer had no picture.</summary>
    public static string AdviceFor(string? finishReason) => finishReason switch
    {
        "MAX_TOKENS" => "Allow more output tokens, or ask for less.",
        _ => "Say more clearly which picture is wanted, and try again.",
    };

    /// <summary>The request id that the relay puts at the end of its messages.</summary>
    public static string? RequestId(string words)
    {
        var match = s_requestId.Match(words);
        return match.Success ? match.Groups[1].Value : null;
    }
}
