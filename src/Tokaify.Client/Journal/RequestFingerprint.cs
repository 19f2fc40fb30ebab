using System.Text.Json;

namespace Tokaify;

/// <summary>What makes a request this one and no other: the bytes of its images, its prompt, its model, its options. Not
/// the images' names and places, nor where the results go.</summary>
/// <remarks>It is taken from the request's own body, so that whatever goes over the wire is in it, options of later versions
/// as well. The images are read once more for it, before they are sent: the sending may be repeated or end early, the
/// result may take the source's place, and the second read comes out of the system's cache.</remarks>
public sealed class RequestFingerprint
{
    private RequestFingerprint(string value, string? sourceSha256, byte[] options)
    {
        Value = value;
        SourceSha256 = sourceSha256;
        Options = options;
    }

    /// <summary>SHA-256 of all of it, in lower-case hexadecimal.</summary>
    public string Value { get; }

    /// <summary>SHA-256 of the image to edit, in lower-case hexadecimal; null for an image from text alone.</summary>
    public string? SourceSha256 { get; }

    /// <summary>The request's JSON without <c>contents</c>, fields by name.</summary>
    internal byte[] Options { get; }

    /// <summary>Reads the images of a request and takes its fingerprint.</summary>
    /// <exception cref="TokaifyException">An image is no longer there, or no longer what it was.</exception>
    public static RequestFingerprint Of(ImageRequest request) => Of(request, RequestBody.For(request));

    /// <summary>The same, of a body that was made already.</summary>
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
            request.Source is { } source ? digests[source] : null,
            CanonicalJson.Of(writer => CanonicalJson.Write(writer, json.RootElement, except: "contents")));
    }

    /// <summary>The SHA-256.</summary>
    public override string ToString() => Value;
}
