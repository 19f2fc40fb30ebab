namespace Tokaify;

/// <summary>A path leads to a file that is not a regular file. It was not read.</summary>
#pragma warning disable CA1032 // It is made in one place, and never without its message.
internal sealed class NotRegularFileException(FileKind kind, Exception? cause = null)
    : IOException($"It is {kind.Name()}, not a regular file.", cause)
#pragma warning restore CA1032
{
    /// <summary>The kind of the file.</summary>
    public FileKind Kind => kind;
}
