using System.Text.Json;

namespace Tokaify;

/// <summary>Checks the texts of JSON that a user or another program has written.</summary>
internal static class JsonText
{
    /// <summary>Checks all names and texts. <see cref="JsonDocument"/> accepts half of a surrogate pair and invalid UTF-8, and throws an
    /// <see cref="InvalidOperationException"/> only when such a text is read.</summary>
    /// <exception cref="FormatException">A text is not valid Unicode.</exception>
    public static void Check(JsonElement json)
    {
        try
        {
            Read(json);
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("it is damaged: a text in it is not valid Unicode", exception);
        }
    }

    private static void Read(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Read(item);
                }

                break;
            case JsonValueKind.String:
                _ = json.GetString();
                break;
        }
    }
}
