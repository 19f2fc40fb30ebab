using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Begins a conversation: edits that build on each other. Sends nothing.</summary>
[Cmdlet(VerbsCommon.New, "TokaifyConversation")]
[OutputType(typeof(Conversation))]
public sealed class NewTokaifyConversationCommand : TokaifyCommand
{
    /// <summary>The model that all turns go to. Default: the session's, else gemini-2.5-flash-image.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>An instruction that holds for all turns.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string? SystemInstruction { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        WriteObject(Require(() => new Conversation(Model ?? Session.Context.Model, SystemInstruction)));
}
