using System.Net;
using System.Text;

namespace Tokaify.Emulation;

/// <summary>Sends a response on the connection.</summary>
internal static class ResponseSender
{
    private const int DribblePieces = 40;

    private const int EndlessTextLength = 64 * 1024 * 1024;

    private static readonly TimeSpan s_dribblePause = TimeSpan.FromMilliseconds(25);

    private static readonly byte[] s_endlessBeginning = Encoding.ASCII.GetBytes("{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"");
    private static readonly byte[] s_endlessWords = Encoding.ASCII.GetBytes("and then the light was softer still, ");

    // Longer than the time limit of any client.
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(30);

    /// <summary>Prepares the connection. Call it before the response is created.</summary>
    /// <remarks>HttpListener sends headers even for an aborted response, and default headers would look like an empty success. So until
    /// there is a response, the headers announce one byte that is never sent, which clients treat as a failure.</remarks>
    public static void Prepare(HttpListenerResponse response)
    {
        response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        response.ContentLength64 = 1;
    }

    /// <param name="relayResponse">The response.</param>
    /// <param name="requestId">The relay's id of the request.</param>
    /// <param name="context">The request's connection.</param>
    /// <param name="gate">The gate in front of the listener; null if connections need not be reset.</param>
    /// <param name="stopping">Cancelled when the emulator stops.</param>
    public static Task SendAsync(
        RelayResponse relayResponse, string requestId, HttpListenerContext context, ConnectionGate? gate, CancellationToken stopping)
    {
        switch (relayResponse.Delivery)
        {
            case Delivery.Reset:
                gate?.Reset(context.Request.RemoteEndPoint);
                Drop(context.Response);
                return Task.CompletedTask;
            case Delivery.Never:
                return StaySilentAsync(context.Response, stopping);
            case Delivery.EndlessText:
                return SendEndlessTextAsync(relayResponse, requestId, context.Response, stopping);
            case Delivery.Early:
                return SendEarlyAsync(relayResponse, requestId, context, gate!, stopping);
            default:
                WriteHead(relayResponse, requestId, context.Response);
                return SendBodyAsync(relayResponse, context.Response, stopping);
        }
    }

    /// <summary>Ends the connection without a response.</summary>
    public static void Drop(HttpListenerResponse response)
    {
        try
        {
            response.Abort();
        }
        catch (Exception error) when (error is ObjectDisposedException or HttpListenerException or InvalidOperationException)
        {
            // The connection has already ended.
        }
    }

    private static void WriteHead(RelayResponse relayResponse, string requestId, HttpListenerResponse response)
    {
        response.StatusCode = relayResponse.Status;
        response.ContentType = relayResponse.ContentType;
        response.ContentLength64 = relayResponse.Body.Count;
        response.Headers["X-Oneapi-Request-Id"] = requestId;
        foreach (var header in relayResponse.Headers)
        {
            response.Headers[header.Key] = header.Value;
        }
    }

    private static async Task SendBodyAsync(RelayResponse relayResponse, HttpListenerResponse response, CancellationToken stopping)
    {
        if (relayResponse.Delivery == Delivery.Cut)
        {
            var length = relayResponse.CutAt ?? relayResponse.Body.Count / 2;
            await WriteAsync(new ArraySegment<byte>(relayResponse.Body.Array!, relayResponse.Body.Offset, length), response, stopping).ConfigureAwait(false);
            Drop(response);
            return;
        }

        if (relayResponse.Delivery == Delivery.Dribble)
        {
            await DribbleAsync(relayResponse.Body, response, stopping).ConfigureAwait(false);
        }
        else
        {
            await WriteAsync(relayResponse.Body, response, stopping).ConfigureAwait(false);
        }

        response.Close();
    }

    private static async Task SendEndlessTextAsync(
        RelayResponse relayResponse, string requestId, HttpListenerResponse response, CancellationToken stopping)
    {
        response.StatusCode = relayResponse.Status;
        response.ContentType = relayResponse.ContentType;
        response.SendChunked = true;
        response.Headers["X-Oneapi-Request-Id"] = requestId;
        await WriteAsync(new ArraySegment<byte>(s_endlessBeginning), response, stopping).ConfigureAwait(false);
        var words = new ArraySegment<byte>([.. Enumerable.Repeat(s_endlessWords, 1024).SelectMany(word => word)]);
        for (var sent = 0; sent < EndlessTextLength; sent += words.Count)
        {
            // The listener does not report that the client has disconnected, so the length limits the loop.
            await WriteAsync(words, response, stopping).ConfigureAwait(false);
        }

        Drop(response);
    }

    // Sent by the gate, because the listener cannot respond before it has read the request.
    private static async Task SendEarlyAsync(
        RelayResponse relayResponse, string requestId, HttpListenerContext context, ConnectionGate gate, CancellationToken stopping)
    {
        var head = $"HTTP/1.1 {relayResponse.Status} {(HttpStatusCode)relayResponse.Status}\r\nContent-Type: {relayResponse.ContentType}\r\n"
            + $"Content-Length: {relayResponse.Body.Count}\r\nConnection: close\r\nX-Oneapi-Request-Id: {requestId}\r\n"
            + string.Concat(relayResponse.Headers.Select(header => $"{header.Key}: {header.Value}\r\n"))
            + "\r\n";
        await gate.RespondAsync(context.Request.RemoteEndPoint, [.. Encoding.ASCII.GetBytes(head), .. relayResponse.Body], stopping).ConfigureAwait(false);
        Drop(context.Response);
    }

    private static async Task DribbleAsync(ArraySegment<byte> body, HttpListenerResponse response, CancellationToken stopping)
    {
        var length = (body.Count / DribblePieces) + 1;
        for (var sent = 0; sent < body.Count; sent += length)
        {
            var piece = new ArraySegment<byte>(body.Array!, body.Offset + sent, Math.Min(length, body.Count - sent));
            await WriteAsync(piece, response, stopping).ConfigureAwait(false);
            await response.OutputStream.FlushAsync(stopping).ConfigureAwait(false);
            await Task.Delay(s_dribblePause, stopping).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(ArraySegment<byte> bytes, HttpListenerResponse response, CancellationToken stopping)
    {
        using var body = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        await body.CopyToAsync(response.OutputStream, 81920, stopping).ConfigureAwait(false);
    }

    private static async Task StaySilentAsync(HttpListenerResponse response, CancellationToken stopping)
    {
        await Task.Delay(s_silence, stopping).ConfigureAwait(false);
        Drop(response);
    }
}
