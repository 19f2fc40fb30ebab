using System.Net.Http.Headers;

namespace Tokaify;

/// <summary>Sends requests with the key and reads the responses. Every failure becomes an error that names its cause.</summary>
/// <param name="http">The HTTP client.</param>
/// <param name="connection">The relay's address, and the key.</param>
/// <param name="userAgent">The <c>User-Agent</c>.</param>
/// <param name="errors">Creates the errors.</param>
internal sealed class RelayExchange(HttpClient http, TokaifyConnection connection, string userAgent, TokaifyErrors errors)
{
    /// <summary>Sends a request, once.</summary>
    /// <param name="request">The request.</param>
    /// <param name="sent">Receives the ids and the status of the response before its body is read.</param>
    /// <param name="read">Reads the body of a response whose status is a success.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="stop">The user's own token.</param>
    /// <exception cref="TokaifyException">It failed.</exception>
    public async Task<T> RunAsync<T>(
        HttpRequestMessage request,
        SentRequest sent,
        Func<Stream, ResponseHead, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken,
        CancellationToken stop)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", connection.ApiKey!.Reveal());
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        request.Headers.TryAddWithoutValidation(SentRequest.IdHeader, sent.ClientRequestId);
        request.Headers.ExpectContinue ??= false;
#if !NET
        GzipBody.Offer(request);
#endif
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var head = ResponseHead.Of(response, errors.Text);
            sent.Receive(head);
#if !NET
            // The streams of .NET Framework ignore the token while they read.
            using var registration = cancellationToken.Register(response.Dispose);
#endif
            using var body = await OpenBodyAsync(response, cancellationToken).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? await read(body, head, cancellationToken).ConfigureAwait(false)
                : throw await ErrorReader.ReadAsync(body, head, errors.Text, cancellationToken, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A cancellation that the caller did not request is a failure: the transport cancels itself if connecting takes too long.
            cancellationToken.ThrowIfCancellationRequested();
            throw errors.FromTransport(exception, connection.BaseUri);
        }
    }

#if NET
    private static Task<Stream> OpenBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.Content.ReadAsStreamAsync(cancellationToken);
#else
    private static async Task<Stream> OpenBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return GzipBody.Of(response.Content, await response.Content.ReadAsStreamAsync().ConfigureAwait(false));
    }
#endif
}
