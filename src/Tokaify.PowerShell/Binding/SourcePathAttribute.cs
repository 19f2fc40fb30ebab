using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Reads the path of a file off whatever stands for one: a string, a file, a row of a table, an earlier result.</summary>
/// <remarks>An object's literal path is escaped, so that it means the one file where wildcards are taken. PowerShell alone
/// would not do: an object with a PSPath and a Prompt binds its Prompt first, for which the default parameter set wins, and
/// then the whole object as text for the path.</remarks>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SourcePathAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] s_literal = ["LiteralPath", "FullName", "PSPath"];

    /// <summary>Whether an earlier result stands for the file it saved. Not where it has a parameter of its own.</summary>
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
            // A row's path is a pattern like any other; a file that is there under that very name is found first.
            _ => TextOf(value, "Path") ?? NoPath(value),
        };
    }

    private static string NoPath(PSObject value) => value.BaseObject switch
    {
        Uri address => address.OriginalString,
        IDictionary => UnusableInput.Because(
            "A hashtable names no picture. Make a row of it: [pscustomobject] @{ Path = 'cat.png'; Prompt = 'Add a red hat.' }."),
        PSCustomObject => UnusableInput.Because("The row names no picture: it has no column Path, LiteralPath, FullName or PSPath, or that is empty."),
        _ => UnusableInput.Because(
            $"{Describe(value)} names no picture. Taken are paths, files as Get-ChildItem emits them, rows of a table with a column Path, "
            + "and earlier results."),
    };

    private static string Describe(PSObject value) => value.BaseObject is IConvertible
        ? $"The {value.BaseObject.GetType().Name} '{value}'"
        : $"An object of type {value.BaseObject.GetType().FullName}";

    private static string? TextOf(PSObject value, string property) =>
        value.Properties[property]?.Value is { } text && text.ToString() is { Length: > 0 } path ? path : null;

    // Of an invalid cast, the pipeline thinks nothing, and goes on to the next way to bind.
    private static ArgumentTransformationMetadataException NotThis() =>
        new("It names no file.", new PSInvalidCastException("It names no file."));
}
