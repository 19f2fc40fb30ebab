using System.Globalization;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>A batch with <c>-WhatIf</c>: writes what would be sent and where it would be saved, and neither creates files nor sends
/// requests.</summary>
/// <param name="command">The command; its <c>ShouldProcess</c> writes the messages.</param>
/// <param name="tally">Counts the requests that would be sent.</param>
internal sealed class DryRun(Cmdlet command, BatchTally tally)
{
    // The extension depends on the bytes of the response, which are usually a PNG.
    private const string LikelyExtension = ".png";

    private readonly NameClaims _names = new();
    private string? _examined;

    /// <summary>Writes what would be sent for a source.</summary>
    /// <param name="edits">Its requests.</param>
    /// <param name="origin">The source path or the prompt.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>: its images could not be saved.</exception>
    public void Plan(IReadOnlyList<ImageEdit> edits, string origin)
    {
        Examine(edits[0].Folder);
        foreach (var edit in edits)
        {
            tally.Send(edit, attempts: 1);
            tally.Estimate(edit);
        }

        Write(Describe(edits, origin, edits.Select(NameOf)));
    }

    /// <summary>Writes what would be skipped.</summary>
    public void Skip(string origin, string reason) => Write($"Skip '{origin}': {reason}.");

    /// <summary>Writes the summary of the dry run.</summary>
    public void Conclude() => Write(tally.ToSummary() with { IsComplete = true, IsWhatIf = true });

    /// <summary>Describes the requests of a source in a sentence.</summary>
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
        var model = (request.Catalog ?? ModelCatalog.CurrentOrBuiltIn).Find(request.Model);
        if (model?.Tokens is not { } tokens || tokens.OfImage(request.WireImageSize ?? model.DefaultImageSize) is not { } perImage)
        {
            return "";
        }

        // Four characters of the prompt are about one token.
        var input = tokens.PerInputImage is { } perInput ? (request.Images.Count * perInput) + (request.Prompt.Length / 4) : (int?)null;
        return ((FormattableString)$", about {(perImage + (input ?? 0)) * edits.Count:N0} {(input is null ? "output tokens" : "tokens")}").ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The path of the first image of an edit, without its extension, which depends on the image's bytes.</summary>
    public static string TargetOf(ImageEdit edit) => Path.Combine(edit.Folder.Path, edit.Names.Of(1));

    private void Write(object sentence) => command.ShouldProcess($"{sentence}", $"{sentence}", caption: "");

    // Returns the name that a real run would use. There, if several requests want the same name, the first one that ends gets it.
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
