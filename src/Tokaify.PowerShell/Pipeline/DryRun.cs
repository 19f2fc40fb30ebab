using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>A batch with <c>-WhatIf</c>: says what would be sent and where it would be saved, and makes and sends nothing.</summary>
/// <param name="command">The command; its <c>ShouldProcess</c> speaks.</param>
/// <param name="tally">Counts what would be done.</param>
internal sealed class DryRun(Cmdlet command, BatchTally tally)
{
    // The extension follows the bytes that come, and these are a PNG as a rule.
    private const string LikelyExtension = ".png";

    private readonly NameClaims _names = new();
    private string? _examined;

    /// <summary>Says what would become of a source.</summary>
    /// <param name="edits">Its requests.</param>
    /// <param name="origin">What they are made from.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>: its images could not be saved.</exception>
    public void Plan(IReadOnlyList<ImageEdit> edits, string origin)
    {
        Examine(edits[0].Folder);
        foreach (var edit in edits)
        {
            tally.Send(edit, attempts: 1);
            tally.Foresee(edit);
        }

        Say(Describe(edits, origin, edits.Select(NameOf)));
    }

    /// <summary>Says what would be left out.</summary>
    public void Skip(string origin, string reason) => Say($"Skip '{origin}': {reason}.");

    /// <summary>Says what it comes to.</summary>
    public void Conclude() => Say(tally.ToSummary() with { IsComplete = true, IsWhatIf = true });

    /// <summary>What is asked for, in a sentence.</summary>
    public static string Describe(IReadOnlyList<ImageEdit> edits, string origin, IEnumerable<string> targets)
    {
        var request = edits[0].Request;
        var images = request.Images.Select(image => $"{image.Format.MimeType()}, {BatchSummary.BytesText(image.Length)}").ToList();
        var verb = edits[0].SourcePath is null ? "Make a picture of" : "Edit";
        var particulars = images.Count > 0 ? $" ({string.Join("; with ", images)})" : "";
        var times = edits.Count > 1 ? $" {edits.Count} times" : "";
        var ratio = request.AspectRatio is null ? "" : $" as {request.AspectRatio}";
        var size = request.ImageSize is null ? "" : $" in {request.ImageSize}";
        // The origin of an image from text alone is the prompt.
        var prompt = edits[0].SourcePath is null ? "" : $", prompt '{VerboseLog.Beginning(request.Prompt)}'";
        return $"{verb} '{origin}'{particulars}{times} with {request.Model}{ratio}{size}{prompt}, {CostOf(edits)}{TokensOf(edits)}, save as {string.Join(", ", targets.Select(target => $"'{target}'"))}";
    }

    private static string CostOf(IReadOnlyList<ImageEdit> edits)
    {
        var cost = new CostTotal();
        foreach (var edit in edits)
        {
            var estimate = edit.Request.EstimateCost();
            cost.Add(estimate?.Amount, estimate?.Currency, estimate?.IsListPrice == true);
        }

        return CostTotal.Join(cost.Amounts) is { } amounts
            ? $"estimated cost {amounts}{(cost.HasListPrices ? " at list prices" : "")}"
            : "estimated cost unknown";
    }

    // The tokens of text and thoughts beside an image are not known beforehand.
    private static string TokensOf(IReadOnlyList<ImageEdit> edits)
    {
        var request = edits[0].Request;
        var model = ModelCatalog.CurrentOrBuiltIn.Find(request.Model);
        if (model?.Tokens is not { } tokens || tokens.OfImage(request.WireImageSize ?? model.DefaultImageSize) is not { } perImage)
        {
            return "";
        }

        // Of the prompt, four characters are about a token.
        var input = tokens.PerInputImage is { } perInput ? (request.Images.Count * perInput) + (request.Prompt.Length / 4) : (int?)null;
        return ((FormattableString)$", about {(perImage + (input ?? 0)) * edits.Count:N0} {(input is null ? "output tokens" : "tokens")}").ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Where the first image of an edit is to go, without the extension, which its bytes decide.</summary>
    public static string TargetOf(ImageEdit edit) => Path.Combine(edit.Folder.Path, edit.Names.Of(1));

    private void Say(object sentence) => command.ShouldProcess($"{sentence}", $"{sentence}", caption: "");

    // As the real run finds it, but for what other requests save first: there, the first to end has the name.
    private string NameOf(ImageEdit edit)
    {
        var target = TargetOf(edit);
        for (var number = 1; ; number++)
        {
            var path = (number == 1 ? target : $"{target}-{number}") + LikelyExtension;
            if ((!File.Exists(path) || ReplacePolicy.IsReplaceable(edit, path)) && _names.TryTake(path))
            {
                return path;
            }
        }
    }

    private void Examine(ImageFolder folder)
    {
        if (_examined != folder.Path)
        {
            folder.Examine();
            _examined = folder.Path;
        }
    }
}
