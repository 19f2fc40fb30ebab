using System.Text.Json;

namespace Tokaify;

/// <summary>Digests of images that a request sends, beside those that its fingerprint has.</summary>
/// <param name="Source">SHA-256 of what is sent of the source; null if that is the whole file, or nothing.</param>
/// <param name="References">The same of the reference images; null if these are whole files.</param>
/// <param name="History">SHA-256 of the images of the turns before, which a turn of a conversation sends again; null for an edit by itself.</param>
internal sealed record SentDigests(string? Source, IReadOnlyList<string?>? References, IReadOnlyList<string>? History)
{
    /// <summary>SHA-256 of the image that a turn goes on from; null for none.</summary>
    public string? LastOfHistory => History is { Count: > 0 } history ? history[history.Count - 1] : null;

    /// <summary>Of a request that is about to be sent.</summary>
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
