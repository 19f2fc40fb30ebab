namespace Tokaify;

/// <summary>The answer is not what the API documents; the message completes "The answer cannot be used: …".</summary>
internal sealed class BadResponseException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether it was damaged or cut on its way, so that another try may bring it whole.</summary>
    public bool IsDamage { get; init; }
}
