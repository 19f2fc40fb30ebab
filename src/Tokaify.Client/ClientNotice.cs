namespace Tokaify;

/// <summary>Something that did not go as it should and yet is no failure.</summary>
/// <param name="IsWarning">Whether people should hear of it unasked.</param>
/// <param name="Message">What it is.</param>
public readonly record struct ClientNotice(bool IsWarning, string Message);
