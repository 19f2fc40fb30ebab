namespace Tokaify;

/// <summary>The origin of an image, which is written into its file.</summary>
/// <param name="Prompt">The instruction.</param>
/// <param name="Model">The model of the request.</param>
/// <param name="ResponseId">The service's id of the response; null if it has none.</param>
internal sealed record ImageMetadata(string Prompt, string Model, string? ResponseId)
{
    /// <summary>Returns the names and values.</summary>
    public IEnumerable<(string Name, string Value)> Fields()
    {
        yield return ("Prompt", Prompt);
        yield return ("Model", Model);
        if (!string.IsNullOrEmpty(ResponseId))
        {
            yield return ("ResponseId", ResponseId!);
        }
    }
}

/// <summary>A file has no place for metadata, or is not in the format of its first bytes.</summary>
internal sealed class MetadataException(string message, Exception? innerException = null) : Exception(message, innerException);
