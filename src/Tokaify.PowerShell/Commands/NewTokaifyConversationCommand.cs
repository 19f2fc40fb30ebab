using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Creates a conversation: edits that build on each other. Sends nothing.</summary>
[Cmdlet(VerbsCommon.New, "TokaifyConversation")]
[OutputType(typeof(Conversation))]
public sealed class NewTokaifyConversationCommand : TokaifyCommand
{
    /// <summary>The model for all turns. Default: the session's, else gemini-2.5-flash-image.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>A system instruction for all turns.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string? SystemInstruction { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        WriteObject(Require(() => new Conversation(Model ?? Session.Context.WithDefaults().Model, SystemInstruction)));
}
