using System.Globalization;
using System.Text;

namespace Tokaify.Tests.Responses;

/// <summary>Creates random responses, and damages them.</summary>
internal sealed class RandomResponse(Random random)
{
    private static readonly string[] s_images = [Response.Png, Response.Jpeg, Response.Webp, "truncated.png"];

    private static readonly string[] s_words =
        ["STOP", "a", " ", "", "é", "😀", "\n", "!", "![", "](", "![x](data:image/png;base64,", "\"", "\\", "/", "\u0001", "]", "data:", "\t", "NO_IMAGE"];

    // The inserted bytes: mostly with a meaning in JSON or Base64.
    private static readonly byte[] s_bytes = Encoding.ASCII.GetBytes("{}[]\",:\\=!)AZ09 \n\0un/+.");

    /// <summary>A whole document.</summary>
    public byte[] Next()
    {
        var root = Object(
            () => Member("candidates", Array(Candidate, 3)),
            () => Member("usageMetadata", Object(() => Member("totalTokenCount", Number()), () => Member("promptTokenCount", Value(1)))),
            () => Member("modelVersion", Value(1)));
        return Encoding.UTF8.GetBytes(Chance(10) ? $"[{root},{root}]" : root);
    }

    /// <summary>The document with some bytes changed, removed or inserted, or with its end cut off.</summary>
    public byte[] Damage(byte[] document)
    {
        var bytes = new List<byte>(document);
        for (var count = random.Next(1, 4); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = s_bytes[random.Next(s_bytes.Length)];
                    break;
                case 1:
                    bytes.Insert(at, s_bytes[random.Next(s_bytes.Length)]);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private string Candidate() => Chance(10) ? Value(2) : Object(
        () => Member("content", Object(() => Member("role", Value(1)), () => Member("parts", Array(Part, 4)))),
        () => Member("finishReason", Chance(5) ? Value(1) : String("STOP")),
        () => Member("index", Number()));

    private string Part() => Chance(15) ? Value(2) : Object(
        () => Member("inlineData", Chance(8) ? Value(2) : Object(() => Member("mimeType", String("image/png")), () => Member("data", Chance(10) ? Value(2) : String(Image())))),
        () => Member("text", Chance(8) ? Value(2) : String(Text())),
        () => Member("thought", Chance(3) ? "true" : Chance(2) ? "false" : Value(1)));

    private string Image() => Chance(15) ? "" : Chance(10) ? LongImage() : Response.Base64(s_images[random.Next(s_images.Length)]);

    // Noise after an image: long enough to be decoded in place, and sometimes longer than the reader's buffer.
    private string LongImage()
    {
        var noise = new byte[random.Next(1, Chance(4) ? 100_000 : 10_000)];
        random.NextBytes(noise);
        return Convert.ToBase64String([.. TestImages.Bytes(Response.Png), .. noise]);
    }

    private string Text()
    {
        var text = new StringBuilder();
        for (var count = random.Next(5); count > 0; count--)
        {
            text.Append(Chance(4) ? $"![{s_words[random.Next(7)]}](data:image/png;base64,{Image()})" : s_words[random.Next(s_words.Length)]);
        }

        return text.ToString();
    }

    private string Value(int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => "null",
        1 => "true",
        2 => "false",
        3 => Number(),
        4 => String(Text()),
        5 => Array(() => Value(depth - 1), 4),
        6 => String(new string('x', random.Next(2000))),
        _ => Object(() => Member("data", Value(depth - 1)), () => Member("text", Value(depth - 1)), () => Member("parts", Value(depth - 1))),
    };

    private string Number() => random.Next(4) switch
    {
        0 => random.Next().ToString(CultureInfo.InvariantCulture),
        1 => (-random.NextDouble()).ToString("R", CultureInfo.InvariantCulture),
        2 => "12345678901234567890",
        _ => "1.5E+3",
    };

    // In any order, some missing, with unknown ones, and sometimes one of them twice.
    private string Object(params Func<string>[] members)
    {
        var chosen = members.Where(_ => !Chance(6)).ToList();
        if (chosen.Count > 0 && Chance(15))
        {
            chosen.Add(chosen[0]);
        }

        if (Chance(3))
        {
            chosen.Add(() => Member("unknown" + random.Next(9).ToString(CultureInfo.InvariantCulture), Value(3)));
        }

        var shuffled = chosen.ToArray();
        random.Shuffle(shuffled);
        return $"{{{Space()}{string.Join(Space() + "," + Space(), shuffled.Select(member => member()))}{Space()}}}";
    }

    private string Array(Func<string> element, int most) =>
        $"[{Space()}{string.Join(Space() + "," + Space(), Enumerable.Range(0, random.Next(most)).Select(_ => element()))}{Space()}]";

    private string Member(string name, string value) => $"{String(Spell(name))}{Space()}:{Space()}{value}";

    private string Spell(string name) => Chance(2)
        ? name
        : string.Concat(name.Select(character => char.IsUpper(character) ? "_" + char.ToLowerInvariant(character) : character.ToString()));

    private string Space() => Chance(4) ? new string(" \n\r\t"[random.Next(4)], random.Next(1, 4)) : "";

    private string String(string text)
    {
        var escapesMost = Chance(10);
        var json = new StringBuilder("\"");
        foreach (var character in text)
        {
            json.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' when Chance(2) => "\\n",
                '\t' when Chance(2) => "\\t",
                '/' when Chance(2) => "\\/",
                < ' ' => Escape(character),
                _ when escapesMost && !Chance(4) => Escape(character),
                _ when Chance(200) => Escape(character),
                _ => character.ToString(),
            });
        }

        return json.Append('"').ToString();
    }

    private string Escape(char character) =>
        "\\u" + ((int)character).ToString(Chance(2) ? "x4" : "X4", CultureInfo.InvariantCulture);

    private bool Chance(int oneIn) => random.Next(oneIn) == 0;
}
