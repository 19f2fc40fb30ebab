using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>Finds out whether a command has sent the same request for the same image before.</summary>
/// <remarks>It keeps 64 bits for each source, and not the texts: a batch may be long.</remarks>
internal sealed class RepeatedRequests
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly HashSet<ulong> _sent = [];

    /// <summary>Takes note of a request.</summary>
    /// <returns>Whether it is the first one of its kind.</returns>
    public bool Add(ImageEdit edit)
    {
        var request = edit.Request;
        // With a journal, the fingerprint is known, which also finds a copy of the same image.
        return edit.Fingerprint is { } fingerprint
            ? _sent.Add(Hash([fingerprint.Value]))
            : _sent.Add(Hash(
            [
                .. request.Images.Select(image => image.Path), request.Prompt, request.Model, request.AspectRatio, request.ImageSize,
                request.SystemInstruction, Text(request.Temperature), Text(request.TopP), Text(request.TopK), Text(request.MaxOutputTokens),
                Text(request.Seed),
            ]));
    }

    private static string? Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);

    private static ulong Hash(IEnumerable<string?> texts)
    {
        var hash = FnvOffset;
        foreach (var text in texts)
        {
            foreach (var character in text ?? "")
            {
                hash = unchecked((hash ^ character) * FnvPrime);
            }

            // No character, so that what stands in one field cannot pass for part of the next.
            hash = unchecked((hash ^ 0x10000) * FnvPrime);
        }

        return hash;
    }
}
