using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Lets through what this module's commands return, be it from this session, a job or a file, and nothing else.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EarlierResultAttribute : ArgumentTransformationAttribute
{
    private static readonly string s_type = typeof(ImageEditResult).FullName!;
    private static readonly string s_serializedType = "Deserialized." + s_type;

    /// <summary>Whether an object is such a result.</summary>
    public static bool IsResult(PSObject value) => value.TypeNames.Any(name => name == s_type || name == s_serializedType);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is not null && IsResult(PSObject.AsPSObject(inputData))
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                "It is no earlier result.", new PSInvalidCastException("It is no earlier result."));
}
