using System.Text.Json;

namespace Tokaify;

/// <summary>The damage of a response whose images are kept, because they have been paid for.</summary>
/// <param name="Reason">The reason, which completes "The response could not be read to its end: …".</param>
/// <param name="Error">The error, if the response held another image that is lost; null if it was cut off or damaged after the images that
/// are kept.</param>
internal sealed record ResponseFlaw(string Reason, TokaifyException? Error)
{
    /// <summary>Creates the flaw of a response that could not be read to its end.</summary>
    /// <param name="exception">The exception that ended the reading.</param>
    /// <param name="error">The error that it would become; null for an error of the transport.</param>
    public static ResponseFlaw Of(Exception exception, TokaifyException? error)
    {
        var reason = exception switch
        {
            BadResponseException => exception.Message,
            JsonException when error?.IsTransient == true => "it ends too early",
            JsonException => "it is not valid JSON",
            OperationCanceledException => "it took too long",
            _ => "the connection broke",
        };
        return new ResponseFlaw(reason, IsLostImage(exception) ? error : null);
    }

    /// <summary>Keeps only the images of a response that are certainly complete: their part was read to its end, they are not drafts, and,
    /// if the response was cut off or damaged after them, they end where their own format says.</summary>
    /// <param name="response">The response, as far as it was read.</param>
    /// <param name="exception">The exception that ended the reading.</param>
    /// <param name="isInImage">Whether an image was being read.</param>
    /// <returns>Whether there are any such images, or links.</returns>
    public static bool TryKeepImages(GenerateContentResponse response, Exception exception, bool isInImage)
    {
        if (response.Images.Count == 0)
        {
            return !isInImage && !IsLostImage(exception) && response.IsLinked;
        }

        if (!IsLostImage(exception))
        {
            foreach (var image in response.Images.Where(image => !image.IsWhole()).ToList())
            {
                response.Images.Remove(image);
                image.Dispose();
            }
        }

        return response.Images.Count > 0;
    }

    private static bool IsLostImage(Exception exception) => exception is BadResponseException { IsLostImage: true } or TokaifyException;
}
