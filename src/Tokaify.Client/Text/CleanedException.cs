namespace Tokaify;

/// <summary>Replaces a cause whose own message must not be shown.</summary>
/// <param name="message">The type of the cause, and its message without secrets and control characters.</param>
/// <param name="innerException">Its own cause, cleaned as well.</param>
internal sealed class CleanedException(string message, Exception? innerException) : Exception(message, innerException);
