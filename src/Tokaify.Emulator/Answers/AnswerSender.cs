using System.Net;

namespace Tokaify.Emulation;

/// <summary>Puts an answer on the connection.</summary>
internal static class AnswerSender
{
    /// <summary>To be called before the answer is made.</summary>
    /// <remarks>HttpListener sends the headers even of a response that is aborted, and an unfilled one would look like an
    /// empty success. So until there is an answer the headers promise a byte that never comes, which no client takes
    /// for one.</remarks>
    public static void Prepare(HttpListenerResponse response)
    {
        response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        response.ContentLength64 = 1;
    }

    public static async Task SendAsync(RelayAnswer answer, string requestId, HttpListenerResponse response, CancellationToken stopping)
    {
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength64 = answer.Body.Count;
        response.Headers["X-Oneapi-Request-Id"] = requestId;
        if (answer.Allow is not null)
        {
            response.Headers["Allow"] = answer.Allow;
        }

        using var body = new MemoryStream(answer.Body.Array!, answer.Body.Offset, answer.Body.Count, writable: false);
        await body.CopyToAsync(response.OutputStream, 81920, stopping).ConfigureAwait(false);
        response.Close();
    }

    /// <summary>Ends the connection without an answer.</summary>
    public static void Drop(HttpListenerResponse response)
    {
        try
        {
            response.Abort();
        }
        catch (Exception error) when (error is ObjectDisposedException or HttpListenerException or InvalidOperationException)
        {
            // It has ended by itself, which is what was wanted.
        }
    }
}
