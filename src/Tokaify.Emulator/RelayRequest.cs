using System.Net;
using System.Net.Http.Headers;

namespace Tokaify.Emulation;

/// <summary>A request as it came over HTTP.</summary>
internal sealed record RelayRequest
{
    /// <summary>What the relay names it by.</summary>
    public required string Id { get; init; }

    public required string Method { get; init; }

    /// <summary>Scheme, host and port that it was sent to.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Percent escapes undone, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>Null or empty: none came.</summary>
    public string? Key { get; init; }

    public bool HasKey => !string.IsNullOrWhiteSpace(Key);

    /// <summary>Whether the key came as Google's clients send it.</summary>
    public bool HasGoogleKey { get; init; }

    /// <summary>The content type without its parameters; empty where none is named.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Null: longer than the limit.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>What a request says before its body.</summary>
    public static RelayRequest OfHead(HttpListenerRequest request, string id) => new()
    {
        Id = id,
        Method = request.HttpMethod,
        Origin = request.Url!.GetLeftPart(UriPartial.Authority),
        Path = Uri.UnescapeDataString(request.Url!.AbsolutePath),
        Key = FindKey(request),
        HasGoogleKey = FindGoogleKey(request),
        MediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType ?? "" : "",
    };

    /// <summary>The same with the body.</summary>
    public async Task<RelayRequest> WithBodyAsync(HttpListenerRequest request, long maxBytes, CancellationToken stopping) =>
        this with { Body = await ReadBodyAsync(request, maxBytes, stopping).ConfigureAwait(false) };

    // The relay documents the Bearer header; the other two are what Google's own clients send.
    private static string? FindKey(HttpListenerRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers["Authorization"], out var authorization)
            && string.Equals(authorization.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase)
            && !string.IsNullOrWhiteSpace(authorization.Parameter) ? authorization.Parameter
        : !string.IsNullOrWhiteSpace(request.Headers["x-goog-api-key"]) ? request.Headers["x-goog-api-key"]
        : request.QueryString["key"];

    private static bool FindGoogleKey(HttpListenerRequest request) =>
        !string.IsNullOrWhiteSpace(request.Headers["x-goog-api-key"])
        || !string.IsNullOrWhiteSpace(request.QueryString["key"]);

    // Read to the end even where it is refused: a client that is still sending would see a reset connection, not the response.
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpListenerRequest request, long maxBytes, CancellationToken stopping)
    {
        var declared = request.ContentLength64;
        var tooLong = declared > maxBytes;
        var body = new MemoryStream(declared > 0 && !tooLong ? (int)Math.Min(declared, int.MaxValue) : 0);
        var buffer = new byte[81920];
        int count;
#pragma warning disable CA1835 // The overload over Memory<byte> is not in netstandard2.0.
        while ((count = await request.InputStream.ReadAsync(buffer, 0, buffer.Length, stopping).ConfigureAwait(false)) > 0)
#pragma warning restore CA1835
        {
            tooLong |= body.Length + count > maxBytes;
            if (!tooLong)
            {
                body.Write(buffer, 0, count);
            }
        }

        if (tooLong)
        {
            return null;
        }

        return new ReadOnlyMemory<byte>(body.GetBuffer(), 0, (int)body.Length);
    }
}
