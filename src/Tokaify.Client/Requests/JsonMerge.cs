using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tokaify;

/// <summary>Merges JSON into JSON as RFC 7396 has it: objects deep, anything else whole, null removes.</summary>
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

    /// <summary>What a patch does to a field deep inside an object.</summary>
    /// <returns>The new value, or the null or whatever else takes the place of what it is in; null where the patch leaves it as
    /// it is.</returns>
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

    /// <summary>A value as a node.</summary>
    public static JsonNode? ToNode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    /// <summary>Whether the API takes two names for one: it reads <c>generation_config</c> and <c>generationConfig</c>
    /// alike, and relays do not mind the case either.</summary>
    public static bool IsSameName(string one, string other) =>
        string.Equals(one.Replace("_", ""), other.Replace("_", ""), StringComparison.OrdinalIgnoreCase);

    // The name as it is spelled there, so that no field stands there twice.
    private static string NameIn(JsonObject target, string name) =>
        target.ContainsKey(name) ? name : target.Select(property => property.Key).FirstOrDefault(key => IsSameName(key, name)) ?? name;
}
