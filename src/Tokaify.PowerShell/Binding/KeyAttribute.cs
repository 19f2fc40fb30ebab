using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Refuses a key in plain text with a message that says how to give it. PowerShell's own message does not say that.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeyAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string
            ? throw new ArgumentTransformationMetadataException(
                "A key is not accepted as plain text, because histories and transcripts would keep it. "
                + "Give it as (Read-Host -AsSecureString), or set TOKAIFY_API_KEY.")
            : inputData;
}
