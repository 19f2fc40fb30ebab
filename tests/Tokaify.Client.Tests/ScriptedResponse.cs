using System.Text;

namespace Tokaify.Tests;

/// <summary>A response, byte by byte as it goes over the wire.</summary>
internal sealed class ScriptedResponse
{
    private readonly Func<Stream, CancellationToken, Task> _write;

    public ScriptedResponse(Func<Stream, CancellationToken, Task> write, bool closesConnection = false)
    {
        _write = write;
        ClosesConnection = closesConnection;
    }

    public bool ClosesConnection { get; }

    /// <summary>A successful edit, with one of the test images.</summary>
    public static ScriptedResponse Good { get; } = Json(
        200,
        $$$"""
        {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png",
        "data":"{{{Convert.ToBase64String(TestImages.Bytes("plain.png"))}}}"}}]},"finishReason":"STOP"}]}
        """);

    /// <summary>No response, as long as the connection lasts.</summary>
    public static ScriptedResponse Never { get; } = new((_, token) => Task.Delay(Timeout.Infinite, token));

    /// <summary>A response of known length.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">Further lines of the head.</param>
    public static ScriptedResponse Of(int status, byte[] body, params string[] headers) =>
        Raw([.. Head(status, [$"Content-Length: {body.Length}", .. headers]), .. body]);

    public static ScriptedResponse Of(int status, string body, params string[] headers) => Of(status, Encoding.UTF8.GetBytes(body), headers);

    public static ScriptedResponse Json(int status, string body, params string[] headers) =>
        Of(status, body, ["Content-Type: application/json", .. headers]);

    public static ScriptedResponse Html(int status, string body) => Of(status, body, "Content-Type: text/html");

    /// <summary>Just these bytes.</summary>
    public static ScriptedResponse Raw(byte[] bytes, bool closesConnection = false) =>
        new(async (stream, token) => await stream.WriteAsync(bytes, token), closesConnection);

    public static byte[] Head(int status, params string[] headers) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Scripted\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");

    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) => _write(stream, cancellationToken);
}
