namespace Tokaify;

/// <summary>The decision about a name under which an image could be saved.</summary>
internal enum NameUse
{
    /// <summary>The image gets the name if no file has it.</summary>
    IfFree,

    /// <summary>The image gets the name, and replaces a file that has it.</summary>
    Replace,

    /// <summary>The next name is tried: the file is protected, or the name belongs to another image of the batch.</summary>
    Skip,
}

/// <summary>Decides under which names an image may be saved, and whether it replaces a file.</summary>
internal abstract class ReplacePolicy
{
    /// <summary>The policy that never replaces a file.</summary>
    public static ReplacePolicy Never { get; } = new KeepFiles();

    /// <summary>The policy of an edit: with <see cref="ImageEdit.Overwrite"/>, a file is replaced if this edit has claimed its name, and if
    /// no other edit needs the file.</summary>
    public static ReplacePolicy Of(ImageEdit edit) => edit.Overwrite ? new OfEdit(edit) : Never;

    /// <summary>Decides about a name.</summary>
    /// <param name="name">The name, without an extension.</param>
    /// <param name="path">The full path.</param>
    public abstract NameUse Decide(string name, string path);

    /// <summary>Whether an image of an edit may replace a file. A file that a later edit may need is never replaced.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="path">The file's full path.</param>
    public static bool IsReplaceable(ImageEdit edit, string path) =>
        edit.Overwrite && !IsBesideSource(edit.Request.Source, path) && edit.Conversation?.Holds(path) != true;

    // A file that differs from the source only in its extension may be the next source. The source itself may be replaced, because the user
    // asked for it.
    private static bool IsBesideSource(SourceImage? source, string path) =>
        source is not null
        && File.Exists(path)
        && !string.Equals(path, source.Path, StringComparison.OrdinalIgnoreCase)
        && string.Equals(
            Path.ChangeExtension(path, extension: null),
            Path.ChangeExtension(source.Path, extension: null),
            StringComparison.OrdinalIgnoreCase);

    private sealed class KeepFiles : ReplacePolicy
    {
        public override NameUse Decide(string name, string path) => NameUse.IfFree;
    }

    private sealed class OfEdit(ImageEdit edit) : ReplacePolicy
    {
        public override NameUse Decide(string name, string path) =>
            edit.Names.TryClaim(edit.Folder.Path, name) && IsReplaceable(edit, path) ? NameUse.Replace : NameUse.Skip;
    }
}
