using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Accepts a context of this process. The error for a serialized one says why it cannot be used.</summary>
/// <remarks>Without this attribute, PowerShell would create a new context from a serialized one. The command would then use the key of the
/// environment.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LiveContextAttribute : ArgumentTransformationAttribute
{
    private static readonly string s_serializedType = "Deserialized." + typeof(TokaifyContext).FullName;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is null or TokaifyContext ? value : throw new ArgumentTransformationMetadataException(Explain(inputData!));
    }

    private static string Explain(object value) => PSObject.AsPSObject(value).TypeNames.Contains(s_serializedType)
        ? "This context was serialized (by a job, by remoting or by Export-Clixml), and has lost its key. A context can be used only in "
        + "runspaces of its own process, as in ForEach-Object -Parallel and Start-ThreadJob. Elsewhere, connect with -ApiKey or set "
        + "TOKAIFY_API_KEY there."
        : "This is not a context. Give what Get-TokaifyContext returns.";
}
