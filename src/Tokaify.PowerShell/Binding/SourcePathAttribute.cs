using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Reads the path of a file from a string, a file, a row of a table or an earlier result.</summary>
/// <remarks>An object's literal path is escaped, because the parameter takes wildcards. PowerShell's own binding is not enough: for an
/// object with a PSPath and a Prompt it binds the Prompt first, selects the default parameter set because of it, and then converts the
/// whole object to text for the path.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SourcePathAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] s_literal = ["LiteralPath", "FullName", "PSPath"];

    /// <summary>Whether an earlier result is accepted in place of the file that it saved. False if the command has another parameter for
    /// results.</summary>
    public bool TakesResults { get; set; }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is IList list
            ? list.Cast<object?>().Select(PathOf).ToArray()
            : PathOf(inputData);

    private string PathOf(object? item)
    {
        var value = item is null ? null : PSObject.AsPSObject(item);
        return value switch
        {
            null => "",
            { BaseObject: string text } => text,
            _ when EarlierResultAttribute.IsResult(value) => TakesResults && EarlierResultAttribute.PathOf(value) is { Length: > 0 } path
                ? WildcardPattern.Escape(path)
                : throw NotThis(),
            _ when s_literal.Select(name => TextOf(value, name)).FirstOrDefault(text => text is not null) is { } path =>
                WildcardPattern.Escape(path),
            // The path in a row may have wildcards. If a file with exactly this name exists, it is used.
            _ => TextOf(value, "Path") ?? NoPath(value),
        };
    }

    private static string NoPath(PSObject value) => value.BaseObject switch
    {
        Uri address => address.OriginalString,
        IDictionary => UnusableInput.Because(
            "A hashtable is not a picture. Convert it to a row: [pscustomobject] @{ Path = 'cat.png'; Prompt = 'Add a red hat.' }."),
        PSCustomObject => UnusableInput.Because("The row names no picture: its column Path, LiteralPath, FullName or PSPath is "
            + "missing or empty. Add it."),
        _ => UnusableInput.Because(
            $"{Describe(value)} is not a picture. Give paths, files from Get-ChildItem, rows of a table with a column Path, "
            + "or earlier results."),
    };

    private static string Describe(PSObject value) => value.BaseObject is IConvertible
        ? $"The {value.BaseObject.GetType().Name} '{value}'"
        : $"An object of type {value.BaseObject.GetType().FullName}";

    private static string? TextOf(PSObject value, string property) =>
        value.Properties[property]?.Value is { } text && text.ToString() is { Length: > 0 } path ? path : null;

    // After an invalid cast, PowerShell tries the next way to bind the object, without an error.
    private static ArgumentTransformationMetadataException NotThis() =>
        new("It names no file.", new PSInvalidCastException("It names no file."));
}
