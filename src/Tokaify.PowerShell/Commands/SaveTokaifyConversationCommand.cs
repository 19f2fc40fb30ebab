using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Saves a conversation as JSON, so that it can be continued in another session. An existing conversation file is
/// replaced.</summary>
[Cmdlet(VerbsData.Save, "TokaifyConversation", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveTokaifyConversationCommand : TokaifyCommand
{
    // The path is at position 0 if the conversation is piped or named. Otherwise the conversation is at position 0. PowerShell selects the
    // set by the type of the argument.
    private const string PathSet = "Path";
    private const string ConversationSet = "Conversation";

    /// <summary>The conversation.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ConversationSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public Conversation Conversation { get; set; } = null!;

    /// <summary>The file. Wildcards are not expanded.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ConversationSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Emits the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var path = new SourcePaths(SessionState.Path).Resolve(Path);
            if (!ShouldProcess(path, "Save the conversation"))
            {
                return;
            }

            ConversationFile.Save(Conversation, path);
            if (PassThru)
            {
                WriteObject(new FileInfo(path));
            }
        }
        catch (TokaifyException exception)
        {
            WriteFailure(exception, Path);
        }
    }
}
