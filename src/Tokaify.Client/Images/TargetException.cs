namespace Tokaify;

/// <summary>A file could not be given its name, or could not replace another file.</summary>
/// <param name="path">The name: a full path.</param>
/// <param name="isReplaced">Whether it should replace a file.</param>
/// <param name="cause">The cause.</param>
#pragma warning disable CA1032 // It is made in one place, and never without its path.
internal sealed class TargetException(string path, bool isReplaced, Exception cause) : IOException(
    $"'{path}' cannot be {(isReplaced ? "replaced" : "created")}: {TemporaryFile.Unnamed(cause).Message.TrimEnd('.')}", TemporaryFile.Unnamed(cause))
#pragma warning restore CA1032
{
}
