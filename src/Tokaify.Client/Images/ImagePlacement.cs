namespace Tokaify;

/// <summary>Saves the images of a response. All of them are paid for, so if one cannot be saved, the others are still saved.</summary>
internal static class ImagePlacement
{
    /// <summary>Saves the images.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="response">The response.</param>
    /// <param name="turn">The turn of a conversation that the response ends; null if there is none.</param>
    /// <returns>The result. If only some of the images are in place, <see cref="ImageEditResult.Error"/> says why the others are
    /// not.</returns>
    /// <exception cref="TokaifyException">No image is in place.</exception>
    public static ImageEditResult Save(ImageEdit edit, GenerateContentResponse response, OpenTurn? turn)
    {
        var saved = new List<SavedImage>();
        var failures = Save(edit, response.Images, saved);
        if (response.Flaw?.Error is { } flaw)
        {
            failures.Add(flaw);
        }

        if (saved.Count == 0)
        {
            throw Combine(failures);
        }

        // Created before the turn is completed, because afterwards the conversation's last image is no longer the source.
        var result = edit.ToResult(ImageEditStatus.Saved, saved);
        // A turn with missing images cannot be sent again in later turns; if the response was cut off, signatures may be missing.
        if (failures.Count == 0 && response.Flaw is null && TryComplete(turn, response, saved) is { } failure)
        {
            failures.Add(failure);
        }

        return result with
        {
            Error = failures.Count > 0 ? Combine(failures) : null,
            ModelVersion = response.ModelVersion,
            Text = response.Text,
            FinishReason = response.FinishReason,
            Usage = response.Usage,
            ResponseId = response.ResponseId,
            Sources = response.Sources,
            SearchEntryPoint = response.SearchEntryPoint,
        };
    }

    private static List<TokaifyException> Save(ImageEdit edit, List<PendingImage> images, List<SavedImage> saved)
    {
        var policy = ReplacePolicy.Of(edit);
        var failures = new List<TokaifyException>();
        for (var index = 0; index < images.Count; index++)
        {
            try
            {
                saved.Add(images[index].Save(edit.Names.Of(index + 1), policy));
            }
            catch (TokaifyException exception)
            {
                failures.Add(exception);
            }
        }

        return failures;
    }

    private static TokaifyException? TryComplete(OpenTurn? turn, GenerateContentResponse response, List<SavedImage> saved)
    {
        try
        {
            turn?.Complete(response, saved);
            return null;
        }
        catch (TokaifyException exception)
        {
            return exception;
        }
    }

    private static TokaifyException Combine(List<TokaifyException> failures) => failures.Count == 1
        ? failures[0]
        : new TokaifyException(TokaifyErrorId.SaveFailed, string.Join(" ", failures.Select(failure => failure.Message)), failures[0]);
}
