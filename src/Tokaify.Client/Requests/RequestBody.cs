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
        Length = json.Length + gaps.Sum(gap => Base64Length(gap.Image.Length));
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
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteStartArray("parts");
        writer.WriteStartObject();
        writer.WriteString("text", request.Prompt);
        writer.WriteEndObject();
        foreach (var image in request.Images)
        {
            WriteImagePart(writer, image, gaps);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteImagePart(Utf8JsonWriter writer, SourceImage image, List<Gap> gaps)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("inline_data");
        writer.WriteString("mime_type", image.Format.MimeType());
        writer.WriteString("data", "");
        // The last byte written is the closing quote: the file goes before it.
        gaps.Add(new Gap((int)(writer.BytesCommitted + writer.BytesPending) - 1, image));
        writer.WriteEndObject();
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
    internal readonly record struct Gap(int Position, SourceImage Image);
}
