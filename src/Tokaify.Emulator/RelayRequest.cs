using System.Net;
using System.Net.Http.Headers;

namespace Tokaify.Emulation;

/// <summary>An HTTP request to the relay.</summary>
internal sealed record RelayRequest
{
    /// <summary>The relay's id of the request.</summary>
    public required string Id { get; init; }

    public required string Method { get; init; }

    /// <summary>The scheme, host and port that it was sent to.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The path with percent escapes decoded, without the query.</summary>
    public required string Path { get; init; }

    /// <summary>The key; null or empty if none was sent.</summary>
    public string? Key { get; init; }

    public bool HasKey => !string.IsNullOrWhiteSpace(Key);

    /// <summary>Whether the key was sent in the way of Google's clients.</summary>
    public bool HasGoogleKey { get; init; }

    /// <summary>The content type without its parameters; empty if there is none.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>The body; null if it is longer than the limit.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Creates a request from its headers.</summary>
    public static RelayRequest OfHead(HttpListenerRequest request, string id) => new()
    {
        Id = id,
        Method = request.HttpMethod,
        // The address of the client's request. HttpListener's own has the port behind the gate, if there is one.
        Origin = $"{request.Url!.Scheme}://{request.UserHostName ?? request.Url.Authority}",
        Path = Uri.UnescapeDataString(request.Url!.AbsolutePath),
        Key = FindKey(request),
        HasGoogleKey = FindGoogleKey(request),
        MediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType ?? "" : "",
    };

    /// <summary>Returns the request with its body.</summary>
    public async Task<RelayRequest> WithBodyAsync(HttpListenerRequest request, long maxBytes, CancellationToken stopping) =>
        this with { Body = await ReadBodyAsync(request, maxBytes, stopping).ConfigureAwait(false) };

    // The relay documents the Bearer header. Google's own clients use the other two.
    private static string? FindKey(HttpListenerRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers["Authorization"], out var authorization)
            && string.Equals(authorization.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase)
            && !string.IsNullOrWhiteSpace(authorization.Parameter) ? authorization.Parameter
        : !string.IsNullOrWhiteSpace(request.Headers["x-goog-api-key"]) ? request.Headers["x-goog-api-key"]
        : request.QueryString["key"];

    private static bool FindGoogleKey(HttpListenerRequest request) =>
        !string.IsNullOrWhiteSpace(request.Headers["x-goog-api-key"])
        || !string.IsNullOrWhiteSpace(request.QueryString["key"]);

    // A body that is refused is read to its end as well. Otherwise a client that is still sending would get a reset connection instead of
    // the response.
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
