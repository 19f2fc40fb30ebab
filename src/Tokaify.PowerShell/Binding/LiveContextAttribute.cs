using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Lets through a context of this process, and says of a serialized one why it does not serve.</summary>
/// <remarks>Left to itself, PowerShell would make a new context of one that was serialized, and the key would be that of the
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
        ? "This context was serialized, as by a job, by remoting or by Export-Clixml, and its key stayed behind. A context serves in other "
            + "runspaces of its own process only, as in ForEach-Object -Parallel and Start-ThreadJob. Elsewhere, connect with -ApiKey or set "
            + "TOKAIFY_API_KEY there."
        : "This is not a context. Give what Get-TokaifyContext returns.";
}
