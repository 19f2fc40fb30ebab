using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tokaify.Tests.Responses;

/// <summary>The content of a response, from a simple reading of the whole document, which is slow and shares no code with the
/// reader.</summary>
internal sealed class JsonOracle
{
    private static readonly Regex s_escape = new(@"\\(?:u([0-9a-fA-F]{4})|(.))", RegexOptions.CultureInvariant);

    private static readonly Regex s_markdownImage = new(
        @"!\[[^\[\]]*\]\((?:(?i)data:image/[a-z0-9.+-]+;base64),([^) \t!]*)\)", RegexOptions.CultureInvariant);

    private readonly List<byte[]> _images = [];
    private readonly List<string> _texts = [];
    private string? _finishReason;
    private int? _totalTokenCount;

    /// <summary>Whether it is not a response: not JSON, or with an invalid image.</summary>
    public bool IsInvalid { get; private set; }

    /// <summary>All of it, as one text that can be compared.</summary>
    public override string ToString() => IsInvalid
        ? "invalid"
        : Describe(_images, _texts, _finishReason, _totalTokenCount);

    public static string Describe(IEnumerable<byte[]> images, IEnumerable<string> texts, string? finishReason, int? totalTokenCount) =>
        $"pictures: {string.Join(",", images.Select(Convert.ToHexString))}\ntexts: {JsonSerializer.Serialize(texts.Select(WithoutLineBreaks))}\n{finishReason}\n{totalTokenCount}";

    public static JsonOracle Read(byte[] utf8)
    {
        var oracle = new JsonOracle();
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8)));
            oracle.ReadRoot(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            oracle.IsInvalid = true;
        }

        return oracle;
    }

    private void ReadRoot(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            root.EnumerateArray().ToList().ForEach(ReadRoot);
        }

        foreach (var (name, value) in Members(root))
        {
            switch (name)
            {
                case "candidates":
                    Elements(value).ForEach(ReadCandidate);
                    break;
                case "usagemetadata":
                    Members(value)
                        .Where(member => member.Name == "totaltokencount" && member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out _))
                        .ToList().ForEach(member => _totalTokenCount = member.Value.GetInt32());
                    break;
            }
        }
    }

    private void ReadCandidate(JsonElement candidate)
    {
        foreach (var (name, value) in Members(candidate))
        {
            switch (name)
            {
                case "finishreason" when value.ValueKind == JsonValueKind.String && Text(value).Length > 0:
                    _finishReason ??= Edits.Errors.Text.Name(Text(value));
                    break;
                case "finishreason" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number):
                    _finishReason ??= number.ToString(CultureInfo.InvariantCulture);
                    break;
                case "content":
                    Members(value).Where(member => member.Name == "parts").SelectMany(member => Elements(member.Value)).ToList().ForEach(ReadPart);
                    break;
            }
        }
    }

    private void ReadPart(JsonElement part)
    {
        var isDraft = false;
        string? data = null;
        var text = "";
        foreach (var (name, value) in Members(part))
        {
            switch (name)
            {
                case "thought":
                    isDraft = value.ValueKind == JsonValueKind.True || (isDraft && value.ValueKind is JsonValueKind.Object or JsonValueKind.Array);
                    break;
                case "text" when value.ValueKind == JsonValueKind.String:
                    text = Text(value);
                    break;
                case "inlinedata":
                    data = Members(value).Where(member => member.Name == "data" && member.Value.ValueKind == JsonValueKind.String)
                        .Select(member => CheckBase64(Text(member.Value))).ToList().LastOrDefault() ?? data;
                    break;
            }
        }

        if (!isDraft)
        {
            TakeData(data);
            TakeText(text);
        }
    }

    // Strict for all of them, drafts and doubles too: the reader has to decode before it can know.
    private static string CheckBase64(string data)
    {
        _ = Convert.FromBase64String(data);
        return data;
    }

    private void TakeData(string? data)
    {
        if (Convert.FromBase64String(data ?? "") is { Length: > 0 } bytes)
        {
            IsInvalid |= ImageHeader.DetectFormat(bytes) is null;
            _images.Add(bytes);
        }
    }

    private void TakeText(string text)
    {
        var had = _images.Count;
        var rest = s_markdownImage.Replace(text, match =>
        {
            var bytes = DecodeOrNull(match.Groups[1].Value);
            if (bytes is not { Length: > 0 } || ImageHeader.DetectFormat(bytes) is null)
            {
                return match.Value;
            }

            _images.Add(bytes);
            return "";
        });
        // The sanitizer has its own tests.
        var shown = Edits.Errors.Text.Lines(rest);
        if (shown.Length > 0 && (had == _images.Count || !string.IsNullOrWhiteSpace(rest)))
        {
            _texts.Add(shown);
        }
    }

    private static byte[]? DecodeOrNull(string data)
    {
        try
        {
            return Convert.FromBase64String(data);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Those inside what looked like an image's Base64 at first are not kept.
    private static string WithoutLineBreaks(string text) => text.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);

    // Like GetString, but accepts halves of surrogate pairs.
    private static string Text(JsonElement value) => Unescape(value.GetRawText()[1..^1]);

    private static string Unescape(string json)
    {
        var text = s_escape.Replace(json, escape => escape.Groups[1].Success
            ? ((char)int.Parse(escape.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
            : "\b\f\n\r\t\"\\/"["bfnrt\"\\/".IndexOf(escape.Groups[2].Value, StringComparison.Ordinal)].ToString());
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().Select(member => (NameOf(member), member.Value))
        : [];

    private static List<JsonElement> Elements(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [];
}
