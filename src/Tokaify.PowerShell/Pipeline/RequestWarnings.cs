using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Writes warnings about requests that the service may accept, but that are likely to be a mistake.</summary>
/// <param name="command">The command; it writes the warnings.</param>
/// <param name="now">Returns the current time.</param>
internal sealed class RequestWarnings(Cmdlet command, Func<DateTime> now)
{
    // The usual extensions of original images. The format itself is recognized by the bytes, so other extensions are possible.
    private static readonly string[] s_extensions =
    [
        .. ImageFormats.All.Select(format => format.Extension()).Append(".jpeg").SelectMany(
            extension => new[] { extension, extension.ToUpperInvariant() }),
    ];

    private readonly HashSet<string> _models = new(StringComparer.OrdinalIgnoreCase);
    private readonly RepeatedRequests _repeated = new();
    private bool _hasWarnedOfRatio;
    private bool _hasWarnedOfResult;
    private (string Template, string Model, OutputNamePattern Names)? _pattern;

    /// <summary>Checks a request before it is sent.</summary>
    public void Look(ImageEdit edit)
    {
        var request = edit.Request;
        if (edit.SourcePath is not null && edit.Conversation is null && !_repeated.Add(edit))
        {
            command.WriteWarning(
                $"{(edit with { Count = 1 }).Label}: This command has sent the same picture with the same request before. It is "
                + "edited again, "
                + "and billed again. For variations, use -Count.");
        }

        if (_models.Add(request.Model))
        {
            LookAtModel(request);
        }

        if (request.HasExtremeAspectRatio && !_hasWarnedOfRatio)
        {
            // The warning is written only once for a command, not for each row.
            _hasWarnedOfRatio = true;
            command.WriteWarning(
                $"The aspect ratio {request.AspectRatio} is extreme: details of the subject may be less stable. Ratios up to 4:1 "
                + "are safer.");
        }

        if (request.InputLength > ImageRequest.MaximumInputLength)
        {
            command.WriteWarning(string.Format(
                CultureInfo.InvariantCulture,
                "{0}: The pictures of this request take {1:0.0} MB on the wire, and the service accepts about {2} MB in all. It may "
                + "refuse: {3}.",
                (edit with { Count = 1 }).Label,
                request.InputLength / (1024.0 * 1024),
                ImageRequest.MaximumInputLength / (1024 * 1024),
                string.Join(", ", request.Images.Select(image => $"'{image.Path}'"))));
        }
    }

    // The warning is written only once for each model of a command. The request is still sent, because the relay may still serve the model
    // or map its name.
    private void LookAtModel(ImageRequest request)
    {
        var today = now();
        if ((request.Catalog ?? ModelCatalog.CurrentOrBuiltIn).Find(request.Model) is { } model && model.IsRetiredOn(today))
        {
            command.WriteWarning(
                $"{model.DescribeRetirement(today)} The relay may no longer have it. The request is sent all the same, with this model.");
        }
    }

    /// <summary>Warns if a source has the name of a result that this command line would save. If results are saved beside the sources,
    /// running the same command line again would edit, and pay for, the results.</summary>
    public void LookForResult(EditOrder order)
    {
        if (_hasWarnedOfResult || !order.IsGathered || order.Conversation is not null)
        {
            return;
        }

        var source = order.Request.Images[0].Path;
        var folder = Path.GetDirectoryName(source)!;
        if (!IsSameFolder(folder, order.Destination!))
        {
            return;
        }

        var names = PatternOf(order);
        if (names.SourcesOf(order.Name).Select(name => FindImage(folder, name)).FirstOrDefault(path => path is not null) is { } original)
        {
            _hasWarnedOfResult = true;
            command.WriteWarning(
                $"'{Path.GetFileName(source)}' has the name of a picture made from '{Path.GetFileName(original)}' in the same "
                + "folder. As a source, "
                + "it is edited again, and billed again. There may be more. Save to another folder with -Destination"
                + (names.Wildcard is null ? "." : $", or exclude them with -Exclude '{names.Wildcard.Replace("'", "''")}' of Get-ChildItem."));
        }
    }

    // All files of a pipeline have the same template, so the last pattern is kept.
    private OutputNamePattern PatternOf(EditOrder order)
    {
        var template = order.OutputName.ToString();
        if (_pattern is not { } known || known.Template != template || known.Model != order.Request.Model)
        {
            var names = new OutputNamePattern(order.OutputName, ModelCatalog.BareName(order.Request.Model));
            _pattern = known = (template, order.Request.Model, names);
        }

        return known.Names;
    }

    // Checks a few names instead of listing the folder, which may have a million files.
    private static string? FindImage(string folder, string name) =>
        s_extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(File.Exists);

    private static bool IsSameFolder(string one, string other) => string.Equals(Trim(one), Trim(other), StringComparison.OrdinalIgnoreCase);

    private static string Trim(string folder) => folder.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
}
