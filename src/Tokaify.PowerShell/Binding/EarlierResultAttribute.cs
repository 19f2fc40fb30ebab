using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Lets through what this module's commands return, be it from this session, a job or a file, and nothing else.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EarlierResultAttribute : ArgumentTransformationAttribute
{
    private static readonly string s_type = typeof(ImageEditResult).FullName!;

    // Export-Csv notes the type as well, where it is told to or is that of Windows PowerShell.
    private static readonly string[] s_types = [s_type, "Deserialized." + s_type, "CSV:" + s_type];

    // Properties that results and journal lines have and requests do not. A single one of them may be a column of the user's own.
    private static readonly string[] s_marks =
    [
        nameof(ImageEditResult.SourcePath), nameof(ImageEditResult.Images), nameof(ImageEditResult.Status), nameof(ImageEditResult.Attempts),
        nameof(ImageEditResult.Requests), nameof(ImageEditResult.Duration), nameof(ImageEditResult.ResponseId),
        nameof(ImageEditResult.ModelVersion), nameof(ImageEditResult.FinishReason), nameof(ImageEditResult.CostIsListPrice), "Outcome",
    ];

    private static readonly string[] s_statuses = [nameof(ImageEditStatus.Saved), nameof(ImageEditStatus.Skipped), nameof(ImageEditStatus.Refused)];

    /// <summary>Whether an object is such a result. JSON and CSV keep its properties, and not its type.</summary>
    public static bool IsResult(PSObject value) =>
        value.BaseObject is JournalEntry
        || value.TypeNames.Any(name => Array.IndexOf(s_types, name) >= 0)
        || (value.BaseObject is PSCustomObject && (HasStatus(value) || s_marks.Count(name => value.Properties[name] is not null) > 1));

    /// <summary>The path of the first image that a result has saved; null for none.</summary>
    public static string? PathOf(PSObject value)
    {
        if (value.Properties[nameof(ImageEditResult.Path)]?.Value is { } path)
        {
            return path.ToString();
        }

        // A line of a journal has them in a list only.
        var images = LanguagePrimitives.GetEnumerable(value.Properties[nameof(ImageEditResult.Images)]?.Value);
        return images?.Cast<object?>().Select(image => image is null ? null : PSObject.AsPSObject(image).Properties["Path"]?.Value?.ToString())
            .FirstOrDefault();
    }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is not null && IsResult(PSObject.AsPSObject(inputData))
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                "It is no earlier result.", new PSInvalidCastException("It is no earlier result."));

    private static bool HasStatus(PSObject value) =>
        value.Properties[nameof(ImageEditResult.Status)]?.Value?.ToString() is { } status
        && s_statuses.Contains(status, StringComparer.OrdinalIgnoreCase);
}
