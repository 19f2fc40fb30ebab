namespace Tokaify;

/// <summary>A file could not be given its name, or not in the place of another.</summary>
/// <param name="path">The name: a full path.</param>
/// <param name="isReplaced">Whether it was to replace a file.</param>
/// <param name="cause">Why it could not.</param>
#pragma warning disable CA1032 // It is made in one place, and never without its path.
internal sealed class TargetException(string path, bool isReplaced, Exception cause) : IOException(
    $"'{path}' cannot be {(isReplaced ? "replaced" : "made")}: {TemporaryFile.Unnamed(cause).Message.TrimEnd('.')}", TemporaryFile.Unnamed(cause))
#pragma warning restore CA1032
{
}
