using System.Buffers;

namespace Tokaify;

/// <summary>Fetches the image of a link, without retries.</summary>
/// <param name="transport">Sends the requests.</param>
/// <param name="rules">Decides which links are followed.</param>
/// <param name="errors">Creates the errors.</param>
/// <param name="limit">The greatest length of an image, in bytes.</param>
internal sealed class LinkFetcher(LinkTransport transport, LinkRules rules, TokaifyErrors errors, long limit)
{
    /// <summary>The number of redirects that are followed, each checked like the link itself.</summary>
    public const int MostRedirects = 3;

    private const int BufferLength = 80 * 1024;

    /// <summary>Fetches an image.</summary>
    /// <param name="link">The link, as it came.</param>
    /// <param name="failures">Creates the errors of this link.</param>
    /// <param name="image">Receives the bytes; complete afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.LinkFailed"/>, or
    /// <see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public async Task FetchAsync(string link, LinkErrors failures, PendingImage image, CancellationToken cancellationToken)
    {
        try
        {
            var address = rules.Check(link);
            for (var redirects = 0; ; redirects++)
            {
                if (await RequestAsync(address, image, failures, cancellationToken).ConfigureAwait(false) is not { } next)
                {
                    return;
                }

                if (redirects == MostRedirects)
                {
                    throw failures.Of($"it redirects more than {MostRedirects} times");
                }

                address = rules.Check(next, from: address);
            }
        }
        catch (LinkRefusedException exception)
        {
            throw failures.Refused(exception);
        }
        catch (BadResponseException exception)
        {
            throw failures.Of(exception.Message, exception);
        }
    }

    /// <summary>Requests an address.</summary>
    /// <returns>The address to which it redirects; null if the image was received.</returns>
    private async Task<string?> RequestAsync(Uri address, PendingImage image, LinkErrors failures, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await transport.GetAsync(address, rules.IsOwnOrigin(address), cancellationToken).ConfigureAwait(false);
            var message = response.Message;
            var status = (int)message.StatusCode;
            if (status is 301 or 302 or 303 or 307 or 308)
            {
                return Location(message) ?? throw failures.Of($"it redirects without an address (HTTP {status})");
            }

            if (status != 200)
            {
                throw failures.OfStatus(ResponseHead.Of(message, errors.Text));
            }

#if !NET
            // The streams of .NET Framework ignore the token while they read.
            using var registration = cancellationToken.Register(message.Dispose);
#endif
            await ReadAsync(message.Content, image, cancellationToken).ConfigureAwait(false);
            image.Complete();
            return image.IsWhole() ? null : throw failures.CutOff();
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw LinkRefusedException.In(exception) ?? (Exception)failures.OfTransport(exception, address);
        }
    }

    // The raw header: the property of .NET drops values that it cannot parse.
    private static string? Location(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;

    private async Task ReadAsync(HttpContent content, PendingImage image, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            throw TooLarge();
        }

#if NET
        using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
#else
        using var body = await content.ReadAsStreamAsync().ConfigureAwait(false);
#endif
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            var length = await ReadBeginningAsync(body, buffer, cancellationToken).ConfigureAwait(false);
            // A page that is declared as an image is not read to its end.
            if (ImageHeader.DetectFormat(buffer.AsSpan(0, length)) is null)
            {
                throw new BadResponseException("the bytes that came are not an image");
            }

            while (length > 0)
            {
                if (image.Length + length > limit)
                {
                    throw TooLarge();
                }

                image.Write(buffer, length);
                length = await body.ReadAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadBeginningAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < ImageHeader.DetectionLength)
        {
            var length = await body.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (length == 0)
            {
                break;
            }

            filled += length;
        }

        return filled;
    }

    private BadResponseException TooLarge() => new($"it is larger than {limit} bytes");
}
