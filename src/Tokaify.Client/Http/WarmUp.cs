#if NET
using System.Text;
using Tokaify.Resilience;

namespace Tokaify;

/// <summary>Runs a request that never leaves the process, with a canned response. Afterwards, the code that sends a request and reads a
/// response is compiled.</summary>
/// <remarks>PowerShell keeps one core busy until the first edit is posted; meanwhile this runs on another core. It runs the code of an edit
/// as far as possible without a network and without a file.</remarks>
internal static class WarmUp
{
    private const string Address = "http://localhost/";
    private const int ImageLength = 6 * 1024;

    private static readonly Lazy<Task> s_once = new(() => Task.Run(TryRunAsync));

    /// <summary>Starts the request without waiting for it. Further calls in the same process do nothing.</summary>
    public static void Begin() => _ = s_once.Value;

    /// <summary>Sends the request and reads the response.</summary>
    /// <returns>The length of the image that came back, in bytes.</returns>
    public static async Task<long> RunAsync()
    {
        using var http = new HttpClient(CreateHandler());
        using var response = await new RetryPipeline(new RetryOptions(), _ => default)
            .ExecuteAsync((_, token) => ExchangeAsync(http, token), onRetry: null, CancellationToken.None)
            .ConfigureAwait(false);
        return response.Images[0].Length;
    }

    private static async Task TryRunAsync()
    {
        try
        {
            await RunAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It runs in the background, and nothing depends on it.
        catch (Exception)
#pragma warning restore CA1031
        {
            // If it fails, the first edit compiles the code itself.
        }
    }

    private static SocketsHttpHandler CreateHandler()
    {
        var handler = HttpTransport.CreateHandler(HttpTransport.Route.Of(new TokaifyConnection { BaseUri = new Uri(Address) }));
        handler.ConnectCallback = (_, _) => new ValueTask<Stream>(new ConnectionStream(new Connection()));
        return handler;
    }

    private static async Task<GenerateContentResponse> ExchangeAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address);
        request.Content = new RequestContent(RequestBody.For(new ImageRequest { Prompt = "-" }));
        using var httpResponse = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        using var body = await httpResponse.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var errors = new TokaifyErrors(TextSanitizer.For(new Secret("not-a-real-key")));
        return await ResponseReader.ReadAsync(body, ResponseHead.Of(httpResponse, errors.Text), NewImage, errors, cancellationToken)
            .ConfigureAwait(false);
    }

    private static PendingImage NewImage() => new(new ImageFolder("."), new MemoryStream(), temporaryPath: "", limit: long.MaxValue);

    // Returns one canned response to every request.
    private sealed class Connection() : MemoryStream(Response(), writable: false)
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        private static byte[] Response()
        {
            var image = new byte[ImageLength];
            PngHeader.Signature.CopyTo(image);
            var json = $$$"""
                {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{{Convert.ToBase64String(image)}}}"}}]},"finishReason":"STOP"}],
                "usageMetadata":{"promptTokenCount":1,"totalTokenCount":2},"modelVersion":"-","responseId":"-"}
                """;
            return Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");
        }
    }
}
#endif
