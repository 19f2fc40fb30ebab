namespace Tokaify;

/// <summary>The connection broke while a request was being sent, so the relay never received all of it.</summary>
internal sealed class UploadLostException(IOException cause) : IOException(cause.Message, cause)
{
    /// <summary>Whether a failure has this cause.</summary>
    public static bool IsCauseOf(Exception? failure)
    {
        while (failure is not null and not UploadLostException)
        {
            failure = failure.InnerException;
        }

        return failure is not null;
    }
}
