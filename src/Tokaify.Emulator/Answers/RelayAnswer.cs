using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>An answer before it is sent.</summary>
internal sealed record RelayAnswer
{
    // Upstream writes text as plain UTF-8 and escapes only what JSON demands.
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required int Status { get; init; }

    public string ContentType { get; init; } = "application/json; charset=UTF-8";

    public required ArraySegment<byte> Body { get; init; }

    /// <summary>The <c>Allow</c> header of a 405.</summary>
    public string? Allow { get; init; }

    /// <param name="status">The HTTP status.</param>
    /// <param name="write">Writes one JSON value.</param>
    public static RelayAnswer Json(int status, Action<Utf8JsonWriter> write)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, s_json))
        {
            write(json);
        }

        return new RelayAnswer { Status = status, Body = new ArraySegment<byte>(body.GetBuffer(), 0, (int)body.Length) };
    }
}
