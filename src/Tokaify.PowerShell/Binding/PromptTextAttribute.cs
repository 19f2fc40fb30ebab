using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Accepts only text as a prompt. Other objects would be converted to text, such as the name of their type.</summary>
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
            // An object with a property Prompt is bound by that property.
            { } other when PSObject.AsPSObject(inputData).Properties["Prompt"] is null => UnusableInput.Because(
                $"A prompt is a text, and this is an object of type {other.GetType().FullName}. Give a text, or rows of a table "
                + "with a column Prompt."),
            _ => throw new ArgumentTransformationMetadataException("It is not a text.", new PSInvalidCastException("It is not a text.")),
        };
}
