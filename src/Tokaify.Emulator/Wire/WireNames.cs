using System.Text;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>The two spellings of a field: snake case as in the API's definition, camel case as in most of its examples.</summary>
internal static class WireNames
{
    public static string Camel(string snake)
    {
        var words = snake.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
    }

    public static string Snake(string camel)
    {
        var snake = new StringBuilder(camel.Length + 4);
        foreach (var letter in camel)
        {
            _ = letter is >= 'A' and <= 'Z' ? snake.Append('_').Append((char)(letter + ('a' - 'A'))) : snake.Append(letter);
        }

        return snake.ToString();
    }

    /// <summary>A field of a message, in either spelling; null if it is absent or <c>null</c>, which mean the same.</summary>
    public static JsonElement? Field(this JsonElement message, string snake) =>
        (message.TryGetProperty(snake, out var value) || message.TryGetProperty(Camel(snake), out value))
            && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The members of a repeated field; empty if it is absent.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement message, string snake) =>
        message.Field(snake) is { } list ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();

    public static string? Text(this JsonElement message, string snake) => message.Field(snake)?.GetString();
}
