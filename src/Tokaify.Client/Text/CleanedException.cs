namespace Tokaify;

/// <summary>Stands for a cause whose own words must not be shown.</summary>
/// <param name="message">The type of the cause, and what it says without secrets and control characters.</param>
/// <param name="innerException">Its own cause, cleaned as well.</param>
internal sealed class CleanedException(string message, Exception? innerException) : Exception(message, innerException);
