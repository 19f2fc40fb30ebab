using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Which sources a command takes: all, or those of its share. The others are neither opened nor listed, only counted.</summary>
internal sealed class OwnSources
{
    private readonly PathIntrinsics _paths;

    /// <summary>Reads which share it is.</summary>
    /// <param name="shard">What the user wrote; null for no shares.</param>
    /// <param name="paths">Knows the current location.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is not a share, or no engine tells which.</exception>
    public OwnSources(string? shard, PathIntrinsics paths)
    {
        Share = shard is null ? null : Share.Parse(shard, Environment.GetEnvironmentVariable);
        _paths = paths;
    }

    /// <summary>The share; null for all sources.</summary>
    public Share? Share { get; }

    /// <summary>The number of sources that belong to other shares.</summary>
    public int Others { get; private set; }

    /// <summary>Whether any source could be placed so far.</summary>
    public bool HasPlaced { get; private set; }

    private string Location => _paths.CurrentFileSystemLocation.ProviderPath;

    /// <summary>Whether a source is this command's.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it cannot be placed.</exception>
    public bool Has(string path) => Share is null || Place(SourceIdentity.Of(path, Location));

    /// <summary>Whether an image that is made from text alone is this command's.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="outputName">The template of its name; null for none.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it cannot be placed.</exception>
    public bool HasText(string prompt, string? outputName) => Share is null || Place(SourceIdentity.OfText(prompt, outputName));

    /// <summary>The folder of a source below the current location.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: it is not below it.</exception>
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
