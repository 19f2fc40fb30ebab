using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>A response before it is sent.</summary>
internal sealed record RelayResponse
{
    // Upstream writes text as plain UTF-8 and escapes only what JSON demands.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Status { get; init; }

    public string ContentType { get; init; } = "application/json; charset=UTF-8";

    public required ArraySegment<byte> Body { get; init; }

    /// <summary>Headers beside those that every response has.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How it goes out.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>How much of the body goes out before the connection ends, for <see cref="Delivery.Cut"/>; null for half of it.</summary>
    public int? CutAt { get; init; }

    /// <summary>What the log says of the edit; null for every other request, and for an edit that was refused.</summary>
    public EditRecord? Record { get; init; }

    /// <summary>No response at all.</summary>
    public static RelayResponse None(Delivery delivery) => new() { Status = 0, Body = new ArraySegment<byte>([]), Delivery = delivery };

    /// <param name="status">The HTTP status.</param>
    /// <param name="write">Writes one JSON value.</param>
    /// <param name="isIndented">Whether it is laid out for people.</param>
    public static RelayResponse Json(int status, Action<Utf8JsonWriter> write, bool isIndented = false)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, s_json with { Indented = isIndented }))
        {
            write(json);
        }

        return new RelayResponse { Status = status, Body = new ArraySegment<byte>(body.GetBuffer(), 0, (int)body.Length) };
    }

    /// <summary>The same with a header; without one where there is no value.</summary>
    public RelayResponse With(string name, string? value) => value is null ? this : this with
    {
        Headers = Headers.Append(new KeyValuePair<string, string>(name, value)).ToDictionary(header => header.Key, header => header.Value),
    };

    /// <summary>The same with its body broken off in the middle.</summary>
    public RelayResponse FirstHalf() => this with { Body = new ArraySegment<byte>(Body.Array!, Body.Offset, Body.Count / 2) };

    /// <summary>The same, with its connection ending behind the part that holds the image; where there is none, in the middle.</summary>
    public RelayResponse CutAfterImage() => this with { Delivery = Delivery.Cut, CutAt = FindEndOfImage() };

    /// <summary>The same, compressed.</summary>
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

/// <summary>How a response goes out.</summary>
internal enum Delivery
{
    /// <summary>In one piece.</summary>
    Whole,

    /// <summary>In many, with pauses between them.</summary>
    Dribble,

    /// <summary>Its beginning, and then the connection ends.</summary>
    Cut,

    /// <summary>A text in its place that does not end.</summary>
    EndlessText,

    /// <summary>In one piece, before the request's body is read; then the connection is closed.</summary>
    Early,

    /// <summary>Not at all: the connection is reset.</summary>
    Reset,

    /// <summary>Not at all: the connection stays open.</summary>
    Never,
}
