using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Accepts a conversation of this process. The error for anything else says how to get a conversation.</summary>
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
                $"This is a text or a file, not a conversation. To read a saved conversation, run: Restore-TokaifyConversation '{value}'."),
            _ => throw new ArgumentTransformationMetadataException(
                "This is not a conversation. Give what New-TokaifyConversation or Restore-TokaifyConversation returns."),
        };
    }
}
