using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Saves a conversation as JSON, so that it can go on in another session. A conversation that is there is replaced.</summary>
[Cmdlet(VerbsData.Save, "TokaifyConversation", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class SaveTokaifyConversationCommand : TokaifyCommand
{
    /// <summary>The conversation.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Conversation Conversation { get; set; } = null!;

    /// <summary>The file, its name taken as it stands.</summary>
    [Parameter(Mandatory = true, Position = 0)]
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
