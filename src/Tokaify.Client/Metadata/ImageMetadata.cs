namespace Tokaify;

/// <summary>Where an image comes from, as it is written into its file.</summary>
/// <param name="Prompt">The instruction.</param>
/// <param name="Model">The model that was asked.</param>
/// <param name="ResponseId">The service's name for the response; null where it gave none.</param>
internal sealed record ImageMetadata(string Prompt, string Model, string? ResponseId)
{
    /// <summary>The names and values that there are.</summary>
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

/// <summary>A file that has no place for metadata, or that is not what its first bytes say.</summary>
internal sealed class MetadataException(string message, Exception? innerException = null) : Exception(message, innerException);
