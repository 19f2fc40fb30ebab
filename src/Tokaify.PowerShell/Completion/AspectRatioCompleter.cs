using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes aspect ratios: those of the model in the command line, of the session's model, or of the default model. For a model
/// that is not in the catalogue: the ratios of all models.</summary>
public sealed class AspectRatioCompleter : IArgumentCompleter
{
    private static readonly Dictionary<string, string> s_words = new()
    {
        ["1:1"] = "square",
        ["3:2"] = "landscape, as a photograph",
        ["2:3"] = "portrait, as a photograph",
        ["4:3"] = "landscape, as an old screen",
        ["3:4"] = "portrait, as a page",
        ["5:4"] = "landscape, nearly square",
        ["4:5"] = "portrait, as in a feed",
        ["16:9"] = "widescreen",
        ["9:16"] = "a telephone held upright",
        ["21:9"] = "as in the cinema",
        ["4:1"] = "a banner",
        ["1:4"] = "an upright banner",
        ["8:1"] = "a strip",
        ["1:8"] = "an upright strip",
    };

    private const string SourceToolTip = "for each source, the model's ratio that is nearest to the source's";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var name = Completions.ModelName(fakeBoundParameters);
        var model = Completions.Catalog.Find(name);
        var ratios = model is { AspectRatios.Count: > 0 }
            ? model.AspectRatios.Select(ratio => (ratio, $"{Describe(ratio)}; {Pixels(model, ratio)} with {model.Name}"))
            : AllRatios().Select(ratio => (ratio, $"{Describe(ratio)}; it is not known whether {name} takes it"));
        return Completions.Of(wordToComplete, HasSources(commandName) && model is { AspectRatios.Count: > 0 } ? ratios.Prepend((AspectRatio.Source, SourceToolTip)) : ratios);
    }

    private static bool HasSources(string commandName) => !commandName.Contains("New-TokaifyImage");

    private static IEnumerable<string> AllRatios() =>
        Completions.Catalog.Models.SelectMany(model => model.AspectRatios).Distinct();

    private static string Describe(string ratio) =>
        $"{ratio}, {(s_words.TryGetValue(ratio, out var words) ? words : AspectRatio.Parse(ratio) < 1 ? "portrait" : "landscape")}";

    private static string Pixels(ImageModel model, string ratio) =>
        model.OutputSize(ratio) is { } size ? $"{size} pixels" : "pixels not known";
}
