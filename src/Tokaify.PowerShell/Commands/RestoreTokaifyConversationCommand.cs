using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Reads a conversation that Save-TokaifyConversation wrote, so that it can be continued.</summary>
[Cmdlet(VerbsData.Restore, "TokaifyConversation", DefaultParameterSetName = PathSet)]
[OutputType(typeof(Conversation))]
public sealed class RestoreTokaifyConversationCommand : TokaifyCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The files. Wildcards are accepted.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [SourcePath]
    public string[] Path { get; set; } = [];

    /// <summary>The files. Wildcards are not expanded.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sources = new SourcePaths(SessionState.Path);
        var isLiteral = ParameterSetName == LiteralPathSet;
        foreach (var path in isLiteral ? LiteralPath : Path)
        {
            try
            {
                foreach (var file in isLiteral ? [sources.Resolve(path)] : sources.Expand(path))
                {
                    WriteObject(ConversationFile.Restore(file));
                }
            }
            catch (TokaifyException exception)
            {
                WriteFailure(exception, path);
            }
        }
    }
}
