namespace Tokaify;

/// <summary>The connection broke while a request was on its way, so that the relay never had the whole of it.</summary>
internal sealed class UploadLostException(IOException cause) : IOException(cause.Message, cause)
{
    /// <summary>Whether that is what a failure goes back to.</summary>
    public static bool IsCauseOf(Exception? failure)
    {
        while (failure is not null and not UploadLostException)
        {
            failure = failure.InnerException;
        }

        return failure is not null;
    }
}
