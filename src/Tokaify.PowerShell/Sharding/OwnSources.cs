using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>The sources of a command: all, or those of its share. Other sources are neither opened nor listed, only counted.</summary>
internal sealed class OwnSources
{
    private readonly PathIntrinsics _paths;

    /// <summary>Creates the sources of a share.</summary>
    /// <param name="shard">The user's text; null to take all sources.</param>
    /// <param name="paths">Returns the current location.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the text is not a share, or the task engine does
    /// not give a number.</exception>
    public OwnSources(string? shard, PathIntrinsics paths)
    {
        Share = shard is null ? null : Share.Parse(shard, Environment.GetEnvironmentVariable);
        _paths = paths;
    }

    /// <summary>The share; null if all sources are taken.</summary>
    public Share? Share { get; }

    /// <summary>The number of sources that belong to other shares.</summary>
    public int Others { get; private set; }

    /// <summary>Whether any source could be assigned to a share so far.</summary>
    public bool HasPlaced { get; private set; }

    private string Location => _paths.CurrentFileSystemLocation.ProviderPath;

    /// <summary>Whether a source belongs to this command.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the source cannot be assigned to a
    /// share.</exception>
    public bool Has(string path) => Share is null || Place(SourceIdentity.Of(path, Location));

    /// <summary>Whether an image from text alone belongs to this command.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="outputName">The template of its name; null if there is none.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the image cannot be assigned to a
    /// share.</exception>
    public bool HasText(string prompt, string? outputName) => Share is null || Place(SourceIdentity.OfText(prompt, outputName));

    /// <summary>The folder of a source relative to the current location.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: the source is not below the location.</exception>
    public string FolderOf(string path) => SourceIdentity.FolderOf(path, Location);

    private bool Place(string identity)
    {
        HasPlaced = true;
        if (Share!.Has(identity))
        {
            return true;
        }

        Others++;
        return false;
    }
}
