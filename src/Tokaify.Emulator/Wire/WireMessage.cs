using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>A message type with its fields, in both spellings.</summary>
internal sealed class WireMessage
{
    private readonly Dictionary<string, WireField> _fields = new(StringComparer.Ordinal);

    public WireMessage(string name, params WireField[] fields)
    {
        Name = name;
        foreach (var field in fields)
        {
            _fields[field.Name] = field;
            _fields[WireNames.Camel(field.Name)] = field;
        }
    }

    public string Name { get; }

    /// <summary>Adds the violations of a message, with the API's texts.</summary>
    /// <param name="message">A JSON object.</param>
    /// <param name="path">Its path in the request; empty for the request itself.</param>
    /// <param name="violations">The list to which violations are added.</param>
    public void Check(JsonElement message, string path, List<FieldViolation> violations)
    {
        foreach (var property in message.EnumerateObject())
        {
            if (!_fields.TryGetValue(property.Name, out var field))
            {
                violations.Add(UnknownName(property.Name, path));
            }
            else if (property.Value.ValueKind != JsonValueKind.Null)
            {
                field.Check(property.Value, path.Length == 0 ? field.Name : $"{path}.{field.Name}", violations);
            }
        }
    }

    private static FieldViolation UnknownName(string name, string path) =>
        new(path, $"Invalid JSON payload received. Unknown name \"{name}\"{(path.Length == 0 ? "" : $" at '{path}'")}: Cannot find field.");
}
