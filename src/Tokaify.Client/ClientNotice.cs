namespace Tokaify;

/// <summary>A problem that is not a failure.</summary>
/// <param name="IsWarning">Whether it is a warning; else it is a verbose message.</param>
/// <param name="Message">The text.</param>
public readonly record struct ClientNotice(bool IsWarning, string Message);
