using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>Replaces the texts in a journal line if a command omits prompts.</summary>
internal static class JournalOmission
{
    /// <summary>The text that is shown in place of an omitted prompt.</summary>
    public const string Prompt = "Prompt omitted";

    private const string Message = "The message was omitted with the prompt.";
    // Values that the API defines. Any other text of a request may be the user's own text, for example one that is in the wrong column of a
    // table.
    private static readonly Dictionary<string, Regex> s_values = new()
    {
        [".generationConfig.imageConfig.aspectRatio"] = new(@"^\d+:\d+\z"),
        [".generationConfig.imageConfig.imageSize"] = new(@"^\d+K?\z"),
        [".generationConfig.thinkingConfig.thinkingLevel"] = new(@"^(minimal|low|medium|high)\z"),
        [".generationConfig.responseModalities"] = new(@"^[A-Z]+\z"),
        [".safetySettings.category"] = new(@"^HARM_CATEGORY_[A-Z_]+\z"),
        [".safetySettings.threshold"] = new(@"^[A-Z_]+\z"),
    };

    /// <summary>Returns the message of an error. Errors of the service, of a proxy and of arguments may repeat the prompt, so only the id
    /// of such an error is kept.</summary>
    /// <remarks>An error with a kept id has words of the service if it comes from a response, if it has a hint (the link of an image), or
    /// if it joins the messages of several images.</remarks>
    public static string MessageOf(TokaifyException error, string prompt) => error.ErrorId is
        TokaifyErrorId.FileNotFound or TokaifyErrorId.SaveFailed or TokaifyErrorId.BudgetReached or TokaifyErrorId.Timeout
        && error is { StatusCode: null, ResponseText: null, Hint: null, InnerException: not TokaifyException }
        && (Shown(prompt) is not { Length: > 0 } text || Shown(error.Statement).IndexOf(text, StringComparison.OrdinalIgnoreCase) < 0)
            ? error.Statement
            : Message;

    // A message has no control characters, and may quote a text in one line.
    private static string Shown(string text) => TextSanitizer.InOneLine(ControlCharacters.Remove(text));

    /// <summary>Writes the options of a request. Numbers and values that the API defines are not changed. Any other text is replaced by a
    /// digest.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="options">The options as JSON.</param>
    public static void WriteOptions(Utf8JsonWriter writer, byte[] options)
    {
        using var json = JsonDocument.Parse(options);
        Write(writer, json.RootElement, path: "");
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in value.EnumerateObject())
                {
                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Value, $"{path}.{field.Name}");
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, path);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when !(s_values.TryGetValue(path, out var known) && known.IsMatch(value.GetString()!)):
                writer.WriteStringValue($"sha256:{Sha256.OfText(value.GetString()!)}");
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
