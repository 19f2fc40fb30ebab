using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>Warns of requests that are likely to disappoint, though the service may take them.</summary>
/// <param name="command">The command; it writes the warnings.</param>
/// <param name="now">Tells the time.</param>
internal sealed class RequestWarnings(Cmdlet command, Func<DateTime> now)
{
    // An image is known by its bytes; where an original lies beside it, it has one of these as a rule.
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

    /// <summary>Looks at a request that is about to be sent.</summary>
    public void Look(ImageEdit edit)
    {
        var request = edit.Request;
        if (edit.SourcePath is not null && edit.Conversation is null && !_repeated.Add(edit))
        {
            command.WriteWarning(
                $"{(edit with { Count = 1 }).Label}: This command has sent the same picture with the same request before. It is edited once more, "
                + "and paid for. For variations, use -Count.");
        }

        if (_models.Add(request.Model))
        {
            LookAtModel(request.Model);
        }

        if (request.HasExtremeAspectRatio && !_hasWarnedOfRatio)
        {
            // Once a command: a thousand rows do not make it truer.
            _hasWarnedOfRatio = true;
            command.WriteWarning(
                $"The aspect ratio {request.AspectRatio} is extreme: details of the subject may come out less stable than up to 4:1.");
        }

        if (request.InputLength > ImageRequest.MaximumInputLength)
        {
            command.WriteWarning(string.Format(
                CultureInfo.InvariantCulture,
                "{0}: The pictures of this request take {1:0.0} MB on the wire, and the service takes about {2} MB in all. It may refuse: {3}.",
                (edit with { Count = 1 }).Label,
                request.InputLength / (1024.0 * 1024),
                ImageRequest.MaximumInputLength / (1024 * 1024),
                string.Join(", ", request.Images.Select(image => $"'{image.Path}'"))));
        }
    }

    // Once a model of the command. The relay may serve it still, or map its name: what it does is its own affair.
    private void LookAtModel(string name)
    {
        var today = now();
        if (ModelCatalog.CurrentOrBuiltIn.Find(name) is { } model && model.IsRetiredOn(today))
        {
            command.WriteWarning(
                $"{model.DescribeRetirement(today)} The relay may no longer have it. It is asked for all the same; nothing is replaced.");
        }
    }

    /// <summary>Looks whether a source that is about to be sent is what the command itself has made of an image beside it:
    /// if results are saved beside the sources, running the same line again edits and pays for results.</summary>
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
                $"'{Path.GetFileName(source)}' has the name of a picture made from '{Path.GetFileName(original)}' beside it, and is a source "
                + "of its own here: edited once more, and paid for. There may be more. Save elsewhere with -Destination"
                + (names.Wildcard is null ? "." : $", or leave them out with -Exclude '{names.Wildcard.Replace("'", "''")}' of Get-ChildItem."));
        }
    }

    // The files of a pipeline have one template, and each brings it anew.
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

    // A few looks, and no listing: the folder may hold a million.
    private static string? FindImage(string folder, string name) =>
        s_extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(File.Exists);

    private static bool IsSameFolder(string one, string other) => string.Equals(Trim(one), Trim(other), StringComparison.OrdinalIgnoreCase);

    private static string Trim(string folder) => folder.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
}
