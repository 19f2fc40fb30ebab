namespace Tokaify;

/// <summary>The response is not what the API documents; the message completes "The response cannot be used: …".</summary>
internal sealed class BadResponseException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether it was damaged or cut on its way, so that another try may bring it whole.</summary>
    public bool IsDamage { get; init; }

    /// <summary>Whether an image of the response is lost by it, which the others do not make up for.</summary>
    public bool IsLostImage { get; init; }
}
