using System.Text.Json;

namespace Tokaify;

/// <summary>Profiles as JSON: <c>{"version": 1, "profiles": {"studio": {"baseUri": "…", …}}}</c>.</summary>
/// <remarks>Members that this version does not know are kept: a later version may have written them.</remarks>
internal static class ProfileJson
{
    private const int Version = 1;

    // Names under which a user may store the key by mistake. A key in the file is an error, and not an unknown setting that is ignored.
    private static readonly string[] s_secrets = ["apiKey", "key", "token", "password", "secret", "proxyCredential"];

    private static readonly JsonDocumentOptions s_options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly JsonWriterOptions s_writerOptions = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads all profiles, and the members beside them that this version does not know.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="FormatException">It is not a list of profiles; the message says where and why.</exception>
    public static (List<TokaifyProfile> Profiles, Dictionary<string, JsonElement> Unknown) Read(Stream json)
    {
        using var document = JsonDocument.Parse(json, s_options);
        var root = document.RootElement;
        JsonText.Check(root);
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number
            || !root.TryGetProperty("profiles", out var list) || list.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is not an object with a number \"version\" and an object \"profiles\"");
        }

        if (!version.TryGetInt32(out var number) || number is < 1 or > Version)
        {
            throw new FormatException($"a later version of the module wrote it (version {version.GetRawText()}; this one reads {Version})");
        }

        var profiles = list.EnumerateObject().Select(ReadProfile).ToList();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (profiles.FirstOrDefault(profile => !names.Add(profile.Name)) is { } twice)
        {
            throw new FormatException($"it has the profile '{twice.Name}' twice");
        }

        var unknown = new Dictionary<string, JsonElement>();
        foreach (var member in root.EnumerateObject().Where(member => member.Name is not ("version" or "profiles")))
        {
            Keep(member, unknown);
        }

        return (profiles, unknown);
    }

    /// <summary>Writes all profiles, and the unknown members beside them.</summary>
    public static void Write(Stream stream, IEnumerable<TokaifyProfile> profiles, IReadOnlyDictionary<string, JsonElement> unknown)
    {
        using var writer = new Utf8JsonWriter(stream, s_writerOptions);
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteStartObject("profiles");
        foreach (var profile in profiles)
        {
            writer.WriteStartObject(profile.Name);
            WriteSettings(writer, profile);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteUnknown(writer, unknown);
        writer.WriteEndObject();
    }

    private static TokaifyProfile ReadProfile(JsonProperty entry)
    {
        try
        {
            if (entry.Value.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("it is not an object");
            }

            var unknown = new Dictionary<string, JsonElement>();
            var profile = new TokaifyProfile { Name = entry.Name, Unknown = unknown };
            foreach (var member in entry.Value.EnumerateObject())
            {
                profile = With(profile, member, unknown);
            }

            profile.Check();
            return profile;
        }
        catch (FormatException exception)
        {
            throw new FormatException($"in the profile '{entry.Name}', {exception.Message}", exception);
        }
    }

    private static TokaifyProfile With(TokaifyProfile profile, JsonProperty member, Dictionary<string, JsonElement> unknown)
    {
        switch (member.Name)
        {
            case "baseUri": return profile with { BaseUri = Address(member) };
            case "model": return profile with { Model = Text(member) };
            case "proxy": return profile with { Proxy = Address(member) };
            case "secretName": return profile with { SecretName = Text(member) };
            case "vault": return profile with { Vault = Text(member) };
            case "modelCatalogPath": return profile with { ModelCatalogPath = Text(member) };
            case "throttleLimit": return profile with { ThrottleLimit = Number(member) };
            case "requestsPerMinute": return profile with { RequestsPerMinute = Number(member) };
            case "maximumCost": return profile with { MaximumCost = Amount(member) };
            case "maximumWaitSec": return profile with { MaximumWaitSec = Number(member) };
            case "timeoutSec": return profile with { TimeoutSec = Number(member) };
            case "journalPath": return profile with { JournalPath = Text(member) };
        }

        Keep(member, unknown);
        return profile;
    }

    private static void Keep(JsonProperty member, Dictionary<string, JsonElement> unknown)
    {
        if (s_secrets.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
        {
            throw new FormatException($"\"{member.Name}\" has no place in a file: put the key into a vault, and name it in \"secretName\"");
        }

        unknown[member.Name] = member.Value.Clone();
    }

    private static void WriteSettings(Utf8JsonWriter writer, TokaifyProfile profile)
    {
        WriteText(writer, "baseUri", profile.BaseUri?.OriginalString);
        WriteText(writer, "model", profile.Model);
        WriteText(writer, "proxy", profile.Proxy?.OriginalString);
        WriteText(writer, "secretName", profile.SecretName);
        WriteText(writer, "vault", profile.Vault);
        WriteText(writer, "modelCatalogPath", profile.ModelCatalogPath);
        WriteNumber(writer, "throttleLimit", profile.ThrottleLimit);
        WriteNumber(writer, "requestsPerMinute", profile.RequestsPerMinute);
        WriteNumber(writer, "maximumCost", profile.MaximumCost);
        WriteNumber(writer, "maximumWaitSec", profile.MaximumWaitSec);
        WriteNumber(writer, "timeoutSec", profile.TimeoutSec);
        WriteText(writer, "journalPath", profile.JournalPath);
        WriteUnknown(writer, profile.Unknown);
    }

    private static void WriteUnknown(Utf8JsonWriter writer, IReadOnlyDictionary<string, JsonElement> unknown)
    {
        foreach (var member in unknown)
        {
            writer.WritePropertyName(member.Key);
            member.Value.WriteTo(writer);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, decimal? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    // Messages do not contain values, because a user who edits the file may have put a password anywhere.
    private static string Text(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"\"{member.Name}\" has to be a text");

    private static Uri Address(JsonProperty member) =>
        Uri.TryCreate(Text(member), UriKind.Absolute, out var address)
            ? address
            : throw new FormatException($"\"{member.Name}\" has to be an address");

    private static int Number(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var number)
            ? number
            : throw new FormatException($"\"{member.Name}\" has to be a whole number");

    private static decimal Amount(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDecimal(out var amount)
            ? amount
            : throw new FormatException($"\"{member.Name}\" has to be a number");
}
