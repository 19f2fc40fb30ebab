using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify;

/// <summary>A request's JSON, with a gap wherever the Base64 of a file belongs.</summary>
/// <remarks>Spelled as the relay's pages spell it: snake case inside parts, camel case elsewhere.</remarks>
internal sealed class RequestBody
{
    private static readonly JsonWriterOptions s_writerOptions = new()
    {
        // Prompts stay readable on the wire; nothing here ends up in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private RequestBody(ReadOnlyMemory<byte> json, IReadOnlyList<Gap> gaps)
    {
        Json = json;
        Gaps = gaps;
        Length = json.Length + gaps.Sum(gap => Base64Length(gap.Image.SentLength));
    }

    /// <summary>The whole of the JSON, its <c>data</c> strings empty.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Where the files go, in order.</summary>
    public IReadOnlyList<Gap> Gaps { get; }

    /// <summary>The length of the body in bytes, Base64 included.</summary>
    public long Length { get; }

    public static RequestBody For(ImageRequest request)
    {
        var buffer = new MemoryStream();
        var gaps = new List<Gap>();
        using (var writer = new Utf8JsonWriter(buffer, s_writerOptions))
        {
            writer.WriteStartObject();
            WriteContents(writer, request, gaps);
            WriteFields(writer, request);
            writer.WriteEndObject();
        }

        return new RequestBody(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), gaps);
    }

    private static void WriteContents(Utf8JsonWriter writer, ImageRequest request, List<Gap> gaps)
    {
        writer.WriteStartArray("contents");
        foreach (var content in request.History.Append(Content.Of(request)))
        {
            WriteContent(writer, content, gaps);
        }

        writer.WriteEndArray();
    }

    private static void WriteContent(Utf8JsonWriter writer, Content content, List<Gap> gaps)
    {
        writer.WriteStartObject();
        writer.WriteString("role", content.Role);
        writer.WriteStartArray("parts");
        foreach (var part in content.Parts)
        {
            WritePart(writer, part, gaps);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, Part part, List<Gap> gaps)
    {
        writer.WriteStartObject();
        if (part.Image is { } image)
        {
            WriteInlineData(writer, image, gaps);
        }
        else
        {
            writer.WriteString("text", part.Text);
        }

        if (part.ThoughtSignature is { } signature)
        {
            // In camel case, as it came: relays that know both spellings of inline_data know only this one of it.
            writer.WriteString("thoughtSignature"u8, signature);
        }

        writer.WriteEndObject();
    }

    private static void WriteInlineData(Utf8JsonWriter writer, SourceImage image, List<Gap> gaps)
    {
        writer.WriteStartObject("inline_data");
        writer.WriteString("mime_type", image.Format.MimeType());
        writer.WriteString("data", "");
        // The last byte written is the closing quote: the file goes before it.
        gaps.Add(new Gap((int)(writer.BytesCommitted + writer.BytesPending) - 1, image));
        writer.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter writer, ImageRequest request)
    {
        foreach (var field in RequestFields.Of(request))
        {
            writer.WritePropertyName(field.Key);
            field.Value!.WriteTo(writer);
        }
    }

    /// <summary>The length of so many bytes in Base64.</summary>
    internal static long Base64Length(long length) => (length + 2) / 3 * 4;

    /// <summary>A place in <see cref="Json"/> where a file's Base64 goes.</summary>
    /// <param name="Position">The index of the byte that follows it.</param>
    /// <param name="Image">The file.</param>
    internal sealed record Gap(int Position, SourceImage Image);
}
