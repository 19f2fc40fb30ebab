using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>A field of a message, by the rules of Google's JSON for protocol buffers.</summary>
/// <param name="Name">The name in snake case.</param>
/// <param name="TypeName">The type in error messages, such as <c>TYPE_STRING</c>.</param>
/// <param name="Fits">Whether a value has the type.</param>
internal sealed record WireField(string Name, string TypeName, Func<JsonElement, bool> Fits)
{
    /// <summary>Whether the value is an array of such values.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>The message type of the value; null if its fields are not checked.</summary>
    public WireMessage? Message { get; init; }

    public static WireField Text(string name) => new(name, "TYPE_STRING", IsText);

    public static WireField Bytes(string name) => new(name, "TYPE_BYTES", value => value.ValueKind == JsonValueKind.String);

    public static WireField Choice(string name) => new(name, "TYPE_ENUM", IsText);

    public static WireField Flag(string name) =>
        new(name, "TYPE_BOOL", value => value.ValueKind is JsonValueKind.True or JsonValueKind.False);

    public static WireField Number(string name) => new(name, "TYPE_FLOAT", value => value.ValueKind == JsonValueKind.Number);

    public static WireField Integer(string name) => new(name, "TYPE_INT32", IsInteger);

    /// <summary>A message whose fields are not checked.</summary>
    public static WireField Any(string name) => new(name, "TYPE_MESSAGE", IsObject);

    public static WireField Of(string name, WireMessage message) =>
        new(name, "google.ai.generativelanguage.v1beta." + message.Name, IsObject) { Message = message };

    public WireField Repeated() => this with { IsRepeated = true };

    public void Check(JsonElement value, string path, List<FieldViolation> violations)
    {
        if (!IsRepeated)
        {
            CheckOne(value, path, violations);
            return;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            violations.Add(WrongType(value, path));
            return;
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            CheckOne(item, $"{path}[{index++}]", violations);
        }
    }

    /// <summary>A value for an error message: its JSON, or the beginning of it.</summary>
    public static string Excerpt(JsonElement value)
    {
        const int Longest = 60;
        var json = value.GetRawText();
        return json.Length <= Longest ? json : $"{json.Substring(0, Longest)}...";
    }

    private void CheckOne(JsonElement value, string path, List<FieldViolation> violations)
    {
        if (!Fits(value))
        {
            violations.Add(WrongType(value, path));
        }
        else
        {
            Message?.Check(value, path, violations);
        }
    }

    private FieldViolation WrongType(JsonElement value, string path) =>
        new(path, $"Invalid value at '{path}' ({TypeName}), {Excerpt(value)}");

    private static bool IsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object;

    // GetString checks the text: it throws if an escape is half a surrogate pair.
    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String && value.GetString() is not null;

    // The API accepts 40.0 as an integer. The relay does not accept "40".
    private static bool IsInteger(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
        && number is >= int.MinValue and <= int.MaxValue
        && number == Math.Floor(number);
}
