using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Creates a conversation: edits that build on each other. Sends nothing.</summary>
[Cmdlet(VerbsCommon.New, "TokaifyConversation")]
[OutputType(typeof(Conversation))]
public sealed class NewTokaifyConversationCommand : TokaifyCommand
{
    /// <summary>The model for all turns. Default: the session's, else the profile's, else the default of the catalogue.</summary>
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
        WriteObject(Require(() => new Conversation(Model ?? DefaultModel(), SystemInstruction)));

    // The address and the key of the environment are not read: nothing is sent, so that an invalid one is not an error.
    private string DefaultModel()
    {
        var context = Session.Context.WithProfile();
        return context.Model ?? context.Models.Default.Name;
    }
}
