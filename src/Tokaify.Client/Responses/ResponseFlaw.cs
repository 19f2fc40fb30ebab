using System.Text.Json;

namespace Tokaify;

/// <summary>What is wrong with a response of which images are kept, because they have been paid for.</summary>
/// <param name="Reason">What it is, in words that complete "The response could not be read to its end: …".</param>
/// <param name="Error">The error, if the response held another image that is lost; null if it was cut or damaged behind what is kept.</param>
internal sealed record ResponseFlaw(string Reason, TokaifyException? Error)
{
    /// <summary>What is wrong with a response that could not be read to its end.</summary>
    /// <param name="exception">What the reading ended in.</param>
    /// <param name="error">The error that it would be; null for one of the transport.</param>
    public static ResponseFlaw Of(Exception exception, TokaifyException? error)
    {
        var reason = exception switch
        {
            BadResponseException => exception.Message,
            JsonException when error?.IsTransient == true => "it ends too early",
            JsonException => "it is no valid JSON",
            OperationCanceledException => "it took too long",
            _ => "the connection broke",
        };
        return new ResponseFlaw(reason, IsLostImage(exception) ? error : null);
    }

    /// <summary>Keeps of a response the images that are certain to be whole: their part was read to its end, they are no drafts, and,
    /// if the response was cut or damaged behind them, they end where their own format says.</summary>
    /// <param name="response">The response, as far as it was read.</param>
    /// <param name="exception">What the reading ended in.</param>
    /// <param name="isInImage">Whether an image was under way.</param>
    /// <returns>Whether there are any, or links to some.</returns>
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
