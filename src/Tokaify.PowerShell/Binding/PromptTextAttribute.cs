using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Accepts text as a prompt, and no other object: a prompt must not be the name of an object by accident.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PromptTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null => "",
            string text => text,
            ValueType value => value.ToString()!,
            // An object with a prompt of its own is bound by that.
            { } other when PSObject.AsPSObject(inputData).Properties["Prompt"] is null => UnusableInput.Because(
                $"A prompt is a text, and this is an object of type {other.GetType().FullName}. Taken are texts, and rows of a table with a column Prompt."),
            _ => throw new ArgumentTransformationMetadataException("It is no text.", new PSInvalidCastException("It is no text.")),
        };
}
