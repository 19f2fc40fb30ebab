using Tokaify.Resilience;

namespace Tokaify;

/// <summary>Fetches the images of a response that has links in their place. A failed fetch is retried by the same rules as an edit. The
/// edit itself is not repeated, because it would be paid for again.</summary>
/// <remarks>These are not requests to the service, so the rate limiter, the cooldown and the concurrency limit neither apply to them nor
/// count them.</remarks>
internal sealed class LinkedImages
{
    private readonly LinkFetcher _fetcher;
    private readonly TokaifyErrors _errors;
    private readonly RetryPipeline _retries;

    /// <summary>Creates the fetcher.</summary>
    /// <param name="fetcher">Fetches an image once.</param>
    /// <param name="retry">Attempts, waits and time limits.</param>
    /// <param name="errors">Creates the errors.</param>
    public LinkedImages(LinkFetcher fetcher, RetryOptions retry, TokaifyErrors errors)
    {
        _fetcher = fetcher;
        _errors = errors;
        _retries = new RetryPipeline(retry with { AttemptSpacing = TimeSpan.Zero, Batch = null }, AttemptAdvice.For);
    }

    /// <summary>Fetches the images into the response.</summary>
    /// <param name="response">The response. If one of several images cannot be fetched, this is recorded as its flaw.</param>
    /// <param name="newImage">Creates the file of an image.</param>
    /// <param name="onRetry">Called for each retry before its wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TokaifyException">No image could be fetched; the message has the links.</exception>
    public async Task FetchAsync(
        GenerateContentResponse response, Func<PendingImage> newImage, Action<RetryNotice>? onRetry, CancellationToken cancellationToken)
    {
        var slots = new ImageSlots(newImage);
        var failures = new List<TokaifyException>();
        foreach (var link in response.Links)
        {
            try
            {
                var errors = new LinkErrors(link, response.RequestId, _errors);
                response.Add(await FetchAsync(link, errors, slots, onRetry, cancellationToken).ConfigureAwait(false), link);
            }
            catch (TokaifyException exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count == 0)
        {
            return;
        }

        var failure = failures.Count == 1
            ? failures[0]
            : new TokaifyException(failures[0].ErrorId, string.Join(" ", failures.Select(each => each.Message)), failures[0])
            {
                Advice = failures[0].Advice,
                RequestId = response.RequestId,
            };
        response.Flaw = response.Images.Count > 0 ? new ResponseFlaw("an image behind a link could not be fetched", failure) : throw failure;
    }

    /// <summary>Creates the error for links whose images were not fetched because the command was stopped.</summary>
    public TokaifyException Stopped(GenerateContentResponse response) =>
        new LinkErrors(string.Join("', '", response.Links), response.RequestId, _errors).Stopped();

    private async Task<PendingImage> FetchAsync(
        string link, LinkErrors errors, ImageSlots slots, Action<RetryNotice>? onRetry, CancellationToken cancellationToken)
    {
        try
        {
            return await _retries.ExecuteAsync(
                (_, token) => FetchOnceAsync(link, errors, slots, token), onRetry, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw errors.Timeout(exception);
        }
        catch (TokaifyException exception) when (exception.ErrorId != TokaifyErrorId.LinkFailed)
        {
            throw errors.NotSaved(exception);
        }
        catch (BadResponseException exception)
        {
            throw errors.Of(exception.Message);
        }
        catch (Exception exception) when (exception is not TokaifyException && !cancellationToken.IsCancellationRequested)
        {
            throw errors.Unexpected(exception);
        }
    }

    private async Task<PendingImage> FetchOnceAsync(
        string link, LinkErrors errors, ImageSlots slots, CancellationToken cancellationToken)
    {
        var image = slots.Begin();
        try
        {
            await _fetcher.FetchAsync(link, errors, image, cancellationToken).ConfigureAwait(false);
            return image;
        }
        catch
        {
            slots.Drop(image);
            throw;
        }
    }
}
