using System.Text.Json;

namespace Tokaify;

/// <summary>Identifies a request by the bytes of its images, its prompt, its model and its options. The paths of the images and of the
/// results are not part of it.</summary>
/// <remarks>It is computed from the request's own body, so it covers everything that is sent, also options of later versions. The images
/// are read separately for it, before they are sent, because the upload may be repeated or end early, and the result may replace the
/// source. The second read comes from the system's cache.</remarks>
public sealed class RequestFingerprint
{
    private RequestFingerprint(string value, IReadOnlyList<string?> imageSha256, byte[] options)
    {
        Value = value;
        ImageSha256 = imageSha256;
        Options = options;
    }

    /// <summary>The SHA-256, in lower-case hexadecimal.</summary>
    public string Value { get; }

    /// <summary>SHA-256 of the image to edit, in lower-case hexadecimal; null for an image from text alone.</summary>
    public string? SourceSha256 => ImageSha256.Count > 0 ? ImageSha256[0] : null;

    /// <summary>SHA-256 of all images of the request, in order; null for an image whose digest is not known.</summary>
    internal IReadOnlyList<string?> ImageSha256 { get; }

    /// <summary>The request's JSON without <c>contents</c>, fields sorted by name.</summary>
    internal byte[] Options { get; }

    /// <summary>Reads the images of a request and computes its fingerprint.</summary>
    /// <exception cref="TokaifyException">An image no longer exists, or has changed.</exception>
    public static RequestFingerprint Of(ImageRequest request) => Of(request, RequestBody.For(request));

    /// <summary>The same, for a body that already exists.</summary>
    internal static RequestFingerprint Of(ImageRequest request, RequestBody body)
    {
        var digests = body.Gaps.Select(gap => gap.Image).Distinct().ToDictionary(image => image, Sha256.Of);
        using var json = JsonDocument.Parse(body.Json);
        var whole = CanonicalJson.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model", ModelCatalog.BareName(request.Model));
            writer.WriteStartArray("pictures");
            foreach (var gap in body.Gaps)
            {
                writer.WriteStringValue(digests[gap.Image]);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("body");
            CanonicalJson.Write(writer, json.RootElement);
            writer.WriteEndObject();
        });
        return new RequestFingerprint(
            Sha256.Of(whole),
            [.. request.Images.Select(image => digests.TryGetValue(image, out var digest) ? digest : null)],
            CanonicalJson.Of(writer => CanonicalJson.Write(writer, json.RootElement, except: "contents")));
    }

    /// <summary>The SHA-256.</summary>
    public override string ToString() => Value;
}
