namespace Tokaify;

/// <summary>The tokens that an edit used: the API's <c>usageMetadata</c>.</summary>
public sealed record UsageMetadata
{
    /// <summary>Tokens of the prompt, images included.</summary>
    public int? PromptTokenCount { get; init; }

    /// <summary>Tokens of the response, images included.</summary>
    public int? CandidatesTokenCount { get; init; }

    /// <summary>The tokens of images in <see cref="CandidatesTokenCount"/>; null if the service does not report tokens by
    /// modality.</summary>
    public int? CandidatesImageTokenCount { get; init; }

    /// <summary>Tokens of the model's thoughts.</summary>
    public int? ThoughtsTokenCount { get; init; }

    /// <summary>All tokens.</summary>
    public int? TotalTokenCount { get; init; }

    /// <summary>The total, as a number.</summary>
    public override string ToString() => $"{TotalTokenCount}";
}
