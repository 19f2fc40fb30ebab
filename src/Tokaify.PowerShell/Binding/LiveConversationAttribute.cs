using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Lets through a conversation of this process, and says of anything else what makes one of it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LiveConversationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null or Conversation => value,
            string or FileInfo => throw new ArgumentTransformationMetadataException(
                $"A conversation is wanted, and this is a text or a file. Of a saved one, make it with: Restore-TokaifyConversation '{value}'."),
            _ => throw new ArgumentTransformationMetadataException(
                "This is not a conversation. Give what New-TokaifyConversation or Restore-TokaifyConversation returns."),
        };
    }
}
