using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify;

/// <summary>A request's JSON, with a gap for the Base64 of each file.</summary>
/// <remarks>The names are spelled as in the relay's documentation: snake case inside parts, camel case elsewhere.</remarks>
internal sealed class RequestBody
{
    private static readonly JsonWriterOptions s_writerOptions = new()
    {
        // Prompts stay readable in the request; this JSON is never put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private RequestBody(ReadOnlyMemory<byte> json, IReadOnlyList<Gap> gaps)
    {
        Json = json;
        Gaps = gaps;
        Length = json.Length + gaps.Sum(gap => Base64Length(gap.Image.SentLength));
    }

    /// <summary>The complete JSON, with empty <c>data</c> strings.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The gaps for the files, in order.</summary>
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
            // The name is in camel case, as it was received: relays that accept both spellings of inline_data accept only this spelling
            // here.
            writer.WriteString("thoughtSignature"u8, signature);
        }

        writer.WriteEndObject();
    }

    private static void WriteInlineData(Utf8JsonWriter writer, SourceImage image, List<Gap> gaps)
    {
        writer.WriteStartObject("inline_data");
        writer.WriteString("mime_type", image.Format.MimeType());
        writer.WriteString("data", "");
        // The last written byte is the closing quote; the file is inserted before it.
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

    /// <summary>The length of the Base64 of a number of bytes.</summary>
    internal static long Base64Length(long length) => (length + 2) / 3 * 4;

    /// <summary>A position in <see cref="Json"/> at which a file's Base64 is inserted.</summary>
    /// <param name="Position">The index of the byte that follows it.</param>
    /// <param name="Image">The file.</param>
    internal sealed record Gap(int Position, SourceImage Image);
}
