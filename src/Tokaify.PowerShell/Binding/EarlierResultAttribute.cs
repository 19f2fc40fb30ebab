using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Accepts only results of this module's commands: from this session, from a job or read from a file.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EarlierResultAttribute : ArgumentTransformationAttribute
{
    private static readonly string s_type = typeof(ImageEditResult).FullName!;

    // Export-Csv writes the type into the file: in Windows PowerShell by default, elsewhere with -IncludeTypeInformation.
    private static readonly string[] s_types = [s_type, "Deserialized." + s_type, "CSV:" + s_type];

    // Results and journal lines have these properties, requests do not. A user's table may have one of them by chance, so two are needed.
    private static readonly string[] s_marks =
    [
        nameof(ImageEditResult.SourcePath), nameof(ImageEditResult.Images), nameof(ImageEditResult.Status), nameof(ImageEditResult.Attempts),
        nameof(ImageEditResult.Requests), nameof(ImageEditResult.Duration), nameof(ImageEditResult.ResponseId),
        nameof(ImageEditResult.ModelVersion), nameof(ImageEditResult.FinishReason), nameof(ImageEditResult.CostIsListPrice), "Outcome",
    ];

    private static readonly string[] s_statuses = [nameof(ImageEditStatus.Saved), nameof(ImageEditStatus.Skipped), nameof(ImageEditStatus.Refused)];

    /// <summary>Whether an object is such a result. JSON and CSV keep its properties, but not its type.</summary>
    public static bool IsResult(PSObject value) =>
        value.BaseObject is JournalEntry
        || value.TypeNames.Any(name => Array.IndexOf(s_types, name) >= 0)
        || (value.BaseObject is PSCustomObject && (HasStatus(value) || s_marks.Count(name => value.Properties[name] is not null) > 1));

    /// <summary>The path of the first image that a result has saved; null if it has saved none.</summary>
    public static string? PathOf(PSObject value)
    {
        if (value.Properties[nameof(ImageEditResult.Path)]?.Value is { } path)
        {
            return path.ToString();
        }

        // A line of a journal has the paths only in its list of images.
        var images = LanguagePrimitives.GetEnumerable(value.Properties[nameof(ImageEditResult.Images)]?.Value);
        return images?.Cast<object?>().Select(image => image is null ? null : PSObject.AsPSObject(image).Properties["Path"]?.Value?.ToString())
            .FirstOrDefault();
    }

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is not null && IsResult(PSObject.AsPSObject(inputData))
            ? inputData
            : throw new ArgumentTransformationMetadataException(
                "It is not an earlier result.", new PSInvalidCastException("It is not an earlier result."));

    private static bool HasStatus(PSObject value) =>
        value.Properties[nameof(ImageEditResult.Status)]?.Value?.ToString() is { } status
        && s_statuses.Contains(status, StringComparer.OrdinalIgnoreCase);
}
