namespace Tokaify;

/// <summary>The response is not what the API documents; the message completes "The response cannot be used: …".</summary>
internal sealed class BadResponseException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether it was damaged or cut off in transit, so that another attempt may succeed.</summary>
    public bool IsDamage { get; init; }

    /// <summary>Whether it makes an image of the response unusable, even if other images are complete.</summary>
    public bool IsLostImage { get; init; }
}
