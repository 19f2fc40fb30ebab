using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Says how to give a key, where one comes as plain text, which PowerShell would refuse and say no more.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeyAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string
            ? throw new ArgumentTransformationMetadataException(
                "A key is not taken as plain text, which histories and transcripts keep. "
                + "Give it as (Read-Host -AsSecureString), or set TOKAIFY_API_KEY.")
            : inputData;
}
