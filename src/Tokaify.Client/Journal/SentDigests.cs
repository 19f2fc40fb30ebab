using System.Text.Json;

namespace Tokaify;

/// <summary>Digests of the images of a request that are not part of its fingerprint.</summary>
/// <param name="Source">SHA-256 of the bytes of the source that are sent; null if the whole file or nothing is sent.</param>
/// <param name="References">The same for the reference images; null if whole files are sent.</param>
/// <param name="History">SHA-256 of the images of earlier turns, which a turn of a conversation sends again; null for an edit without a
/// conversation.</param>
internal sealed record SentDigests(string? Source, IReadOnlyList<string?>? References, IReadOnlyList<string>? History)
{
    /// <summary>SHA-256 of the image from which a turn continues; null if there is none.</summary>
    public string? LastOfHistory => History is { Count: > 0 } history ? history[history.Count - 1] : null;

    /// <summary>Returns the digests of a request that is about to be sent.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="request">Its request, as it is sent.</param>
    public static SentDigests Of(ImageEdit edit, ImageRequest request) => new(
        request.Source?.SentSha256,
        request.StripMetadata ? [.. request.Images.Skip(edit.SourcePath is null ? 0 : 1).Select(image => image.SentSha256)] : null,
        edit.Conversation is null ? null
            : [.. edit.Conversation.Messages.SelectMany(message => message.Parts).Select(part => part.Image?.Sha256).OfType<string>()]);

    /// <summary>Writes a list of digests as a field.</summary>
    public static void Write(Utf8JsonWriter json, string field, IEnumerable<string?>? digests)
    {
        if (digests is null)
        {
            json.WriteNull(field);
            return;
        }

        json.WriteStartArray(field);
        foreach (var digest in digests)
        {
            json.WriteStringValue(digest);
        }

        json.WriteEndArray();
    }
}
