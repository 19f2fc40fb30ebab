using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>A response before it is sent.</summary>
internal sealed record RelayResponse
{
    // Upstream writes text as plain UTF-8 and escapes only the characters that JSON requires.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Status { get; init; }

    public string ContentType { get; init; } = "application/json; charset=UTF-8";

    public required ArraySegment<byte> Body { get; init; }

    /// <summary>Headers in addition to those of every response.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How it is sent.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>For <see cref="Delivery.Cut"/>: the number of bytes of the body that are sent before the connection ends; null for half of
    /// them.</summary>
    public int? CutAt { get; init; }

    /// <summary>The log record of the edit; null for every other request, and for a refused edit.</summary>
    public EditRecord? Record { get; init; }

    /// <summary>Creates the value for a delivery that sends no response.</summary>
    public static RelayResponse None(Delivery delivery) => new() { Status = 0, Body = new ArraySegment<byte>([]), Delivery = delivery };

    /// <param name="status">The HTTP status.</param>
    /// <param name="write">Writes one JSON value.</param>
    /// <param name="isIndented">Whether the JSON is indented.</param>
    public static RelayResponse Json(int status, Action<Utf8JsonWriter> write, bool isIndented = false)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, s_json with { Indented = isIndented }))
        {
            write(json);
        }

        return new RelayResponse { Status = status, Body = new ArraySegment<byte>(body.GetBuffer(), 0, (int)body.Length) };
    }

    /// <summary>Returns the response with a header added; unchanged if the value is null.</summary>
    public RelayResponse With(string name, string? value) => value is null ? this : this with
    {
        Headers = Headers.Append(new KeyValuePair<string, string>(name, value)).ToDictionary(header => header.Key, header => header.Value),
    };

    /// <summary>Returns the response with only the first half of its body.</summary>
    public RelayResponse FirstHalf() => this with { Body = new ArraySegment<byte>(Body.Array!, Body.Offset, Body.Count / 2) };

    /// <summary>Returns the response with a connection that ends after the part with the image, or in the middle if there is no
    /// image.</summary>
    public RelayResponse CutAfterImage() => this with { Delivery = Delivery.Cut, CutAt = FindEndOfImage() };

    /// <summary>Returns the response with a compressed body.</summary>
    public RelayResponse Gzipped()
    {
        var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Body.Array!, Body.Offset, Body.Count);
        }

        return With("Content-Encoding", "gzip") with { Body = new ArraySegment<byte>(body.GetBuffer(), 0, (int)body.Length) };
    }

    private int? FindEndOfImage()
    {
        var json = new Utf8JsonReader(Body.AsSpan());
        var partDepth = -1;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("inlineData"u8))
            {
                partDepth = json.CurrentDepth - 1;
            }
            else if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == partDepth)
            {
                return (int)json.BytesConsumed;
            }
        }

        return null;
    }
}

/// <summary>How a response is sent.</summary>
internal enum Delivery
{
    /// <summary>In one piece.</summary>
    Whole,

    /// <summary>In many pieces, with pauses between them.</summary>
    Dribble,

    /// <summary>Only its beginning; then the connection ends.</summary>
    Cut,

    /// <summary>Replaced by an endless text.</summary>
    EndlessText,

    /// <summary>In one piece, before the request's body is read; then the connection is closed.</summary>
    Early,

    /// <summary>Not sent: the connection is reset.</summary>
    Reset,

    /// <summary>Not sent: the connection stays open.</summary>
    Never,
}
