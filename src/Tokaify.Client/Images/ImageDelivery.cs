using Tokaify.Resilience;

namespace Tokaify;

/// <summary>Saves the images of responses: fetches linked images, writes metadata, saves, and reports problems.</summary>
/// <param name="options">The options: whether metadata is written, and the function to call for problems.</param>
/// <param name="links">Fetches linked images.</param>
/// <param name="end">Ends the batch, with a reason: no further request is sent.</param>
internal sealed class ImageDelivery(TokaifyClientOptions options, LinkedImages links, Action<Exception> end)
{
    // The same limit as for images in a response. A failure to save those counts as a failed attempt. Linked images are saved after a
    // successful attempt, so their failures are counted here.
    private const int FailuresInARow = 3;

    private int _failures;

    /// <summary>Begins an image of an edit.</summary>
    public PendingImage Begin(ImageEdit edit) => edit.Folder.BeginImage(options.MaximumImageLength);

    /// <summary>Saves the images of a response.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="response">The response.</param>
    /// <param name="turn">The turn of a conversation that the response ends; null if there is none.</param>
    /// <exception cref="TokaifyException">No image is in place.</exception>
    public ImageEditResult Save(ImageEdit edit, GenerateContentResponse response, OpenTurn? turn)
    {
        EmbedMetadata(edit, response);
        var result = ImagePlacement.Save(edit, response, turn);
        WarnOfFlaw(edit, response, result);
        return result;
    }

    /// <summary>Fetches the images of a response that came as links, and saves them.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="response">The response; it is disposed of.</param>
    /// <param name="turn">The turn of a conversation that the response ends; null if there is none.</param>
    /// <param name="record">Receives the error that is recorded if the fetch is stopped; null if there is no journal.</param>
    /// <param name="onRetry">Called for each retry before its wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TokaifyException">No image is in place.</exception>
    public async Task<ImageEditResult> FetchAndSaveAsync(
        ImageEdit edit,
        GenerateContentResponse response,
        OpenTurn? turn,
        EditRecord? record,
        Action<RetryNotice>? onRetry,
        CancellationToken cancellationToken)
    {
        using var _ = response;
        record?.Interrupted = links.Stopped(response);
        try
        {
            await links.FetchAsync(response, () => Begin(edit), onRetry, cancellationToken).ConfigureAwait(false);
            var result = Save(edit, response, turn);
            Interlocked.Exchange(ref _failures, 0);
            return result;
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.SaveFailed)
        {
            if (Interlocked.Increment(ref _failures) >= FailuresInARow)
            {
                end(exception);
            }

            throw;
        }
    }

    private void EmbedMetadata(ImageEdit edit, GenerateContentResponse response)
    {
        if (!options.EmbedMetadata)
        {
            return;
        }

        var metadata = new ImageMetadata(edit.Request.Prompt, ModelCatalog.BareName(edit.Request.Model), response.ResponseId);
        foreach (var image in response.Images)
        {
            if (!MetadataWriter.Supports(image.Header.Format))
            {
                options.OnNotice?.Invoke(new ClientNotice(
                    IsWarning: false, $"{edit.Label}: {image.Header.Format.MimeType()} has no place for metadata: '{edit.Names.Of(1)}' is saved as it came."));
            }
            else if (image.Embed(metadata) is { } flaw)
            {
                Warn($"{edit.Label}: The metadata could not be written into '{edit.Names.Of(1)}': {flaw.TrimEnd('.')}. The picture is saved as it came.");
            }

            if (response.Images.Count > 1)
            {
                image.Park();
            }
        }
    }

    // Warns about a response that was cut off or damaged after complete images. The images are paid for, so the request is not repeated.
    private void WarnOfFlaw(ImageEdit edit, GenerateContentResponse response, ImageEditResult result)
    {
        if (response.Flaw is { Error: null } flaw)
        {
            Warn(
                $"{edit.Label}: The response could not be read to its end: {flaw.Reason.TrimEnd('.')}. "
                + $"The complete part is saved as '{result.Images[0].Path}'."
                + (edit.Conversation is null ? "" : " The conversation stays as it was before this turn, because parts of the response are missing."));
        }
    }

    private void Warn(string? message)
    {
        if (message is not null)
        {
            options.OnNotice?.Invoke(new ClientNotice(IsWarning: true, message));
        }
    }
}
