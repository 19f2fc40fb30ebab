using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>Detects requests that a command has sent before for the same image.</summary>
/// <remarks>It keeps a hash of 64 bits for each request, not the texts, because a batch may be long.</remarks>
internal sealed class RepeatedRequests
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private readonly HashSet<ulong> _sent = [];

    /// <summary>Adds a request.</summary>
    /// <returns>False if the same request was added before.</returns>
    public bool Add(ImageEdit edit)
    {
        var request = edit.Request;
        // With a journal, the fingerprint is known. It also detects a copy of the same image.
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

            // A separator that is not a character, so that texts of neighbouring fields cannot be confused.
            hash = unchecked((hash ^ 0x10000) * FnvPrime);
        }

        return hash;
    }
}
