using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokaify;

/// <summary>Merges JSON by RFC 7396: objects are merged recursively, other values are replaced, null removes a field.</summary>
internal static class JsonMerge
{
    /// <summary>Merges a patch into an object.</summary>
    /// <param name="target">The object, which is changed.</param>
    /// <param name="patch">A JSON object.</param>
    public static void Apply(JsonObject target, JsonElement patch)
    {
        foreach (var property in patch.EnumerateObject())
        {
            var name = NameIn(target, property.Name);
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                target.Remove(name);
            }
            else if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (target[name] is not JsonObject inner)
                {
                    target[name] = inner = [];
                }

                Apply(inner, property.Value);
            }
            else
            {
                target[name] = ToNode(property.Value);
            }
        }
    }

    /// <summary>Finds the effect of a patch on a nested field.</summary>
    /// <returns>The new value, or the JSON null or other value that replaces an enclosing object; null if the patch does not change the
    /// field.</returns>
    public static JsonElement? Find(JsonElement patch, params string[] path)
    {
        var found = patch;
        foreach (var name in path)
        {
            if (found.ValueKind != JsonValueKind.Object)
            {
                return found;
            }

            JsonElement? inner = null;
            foreach (var property in found.EnumerateObject())
            {
                inner = IsSameName(property.Name, name) ? property.Value : inner;
            }

            if (inner is not { } value)
            {
                return null;
            }

            found = value;
        }

        return found;
    }

    /// <summary>Converts a value to a node.</summary>
    public static JsonNode? ToNode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    /// <summary>Whether two names are the same to the API: it accepts both <c>generation_config</c> and <c>generationConfig</c>, and relays
    /// ignore the case too.</summary>
    public static bool IsSameName(string one, string other) =>
        string.Equals(one.Replace("_", ""), other.Replace("_", ""), StringComparison.OrdinalIgnoreCase);

    // The name as it is spelled in the object, so that no field occurs twice.
    private static string NameIn(JsonObject target, string name) =>
        target.ContainsKey(name) ? name : target.Select(property => property.Key).FirstOrDefault(key => IsSameName(key, name)) ?? name;
}
