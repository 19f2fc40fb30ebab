namespace Tokaify;

/// <summary>The content of a response of <c>generateContent</c>. Its images are in temporary files until they are saved; its texts have
/// passed the <see cref="TextSanitizer"/>.</summary>
internal sealed class GenerateContentResponse : IDisposable
{
    /// <summary>The images, in the order of the response, without drafts.</summary>
    public List<PendingImage> Images { get; } = [];

    /// <summary>The links to images, in the order of the response and without duplicates. They are not sanitized, so they must not be
    /// shown. They are used only if the response holds no image itself.</summary>
    public List<string> Links { get; } = [];

    /// <summary>Whether all of its images came as links.</summary>
    public bool IsLinked =>
        Images.Count == 0
        && Links.Count > 0
        && BlockReason is null
        && !ServiceWords.IsBlock(FinishReason)
        && (Error is null || FinishReason is not null);

    /// <summary>The number of its images, or else of its links.</summary>
    public int ImageCount => IsLinked ? Links.Count : Images.Count;

    /// <summary>The texts between the images, without drafts.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>The texts, joined; null if there is none.</summary>
    public string? Text { get; set; }

    /// <summary>The parts in the order of the response, without drafts, as a later turn has to repeat them; null if no later turn will
    /// repeat them.</summary>
    public List<ResponsePart>? Parts { get; init; }

    public string? FinishReason { get; set; }

    public string? FinishMessage { get; set; }

    public string? BlockReason { get; set; }

    public string? BlockReasonMessage { get; set; }

    public UsageMetadata? Usage { get; set; }

    public string? ModelVersion { get; set; }

    public string? ResponseId { get; set; }

    /// <summary>The service's id of the request, from the response's head, else from its body.</summary>
    public string? RequestId { get => field ?? ResponseId; init; }

    /// <summary>The search results, in the order of the response.</summary>
    public List<GroundingSource> Sources { get; } = [];

    /// <summary>The HTML that the search service provides for display. Its terms require that it is shown with the image. Null if there is
    /// none.</summary>
    public string? SearchEntryPoint { get; set; }

    /// <summary>The service's own error message; null if it sent none.</summary>
    public ServiceError? Error { get; set; }

    /// <summary>The budget for the memory that it uses.</summary>
    public MemoryBudget Memory { get; init; } = MemoryBudget.ForResponse(command: null);

    /// <summary>The damage of the response after its complete images; null if there is none.</summary>
    public ResponseFlaw? Flaw { get; set; }

    /// <summary>The beginning of the body, for errors; null if there are images.</summary>
    public ResponseText? Beginning { get; set; }

    /// <summary>Adds an image that came as a link.</summary>
    public void Add(PendingImage image, string link)
    {
        Images.Add(image);
        if (Parts?.FindIndex(part => part.Link == link) is { } place and >= 0)
        {
            Parts[place] = Parts[place] with { Image = image };
        }
    }

    /// <summary>Removes the images that were not saved.</summary>
    public void Dispose()
    {
        Images.ForEach(image => image.Dispose());
        Memory.Dispose();
    }
}

/// <summary>A part of a response: a text or an image.</summary>
/// <param name="Text">The text, which may be empty; null for an image.</param>
/// <param name="Image">The image; null for a text.</param>
/// <param name="ThoughtSignature">The model's signature, in UTF-8; null if there is none.</param>
internal sealed record ResponsePart(string? Text, PendingImage? Image, byte[]? ThoughtSignature)
{
    /// <summary>The link to the image, if it came as a link; else null.</summary>
    public string? Link { get; init; }
}

/// <summary>An error in the format of the relay (<c>type</c>, a string <c>code</c>) or of upstream (<c>status</c>, a number).</summary>
/// <param name="Message">The message.</param>
/// <param name="Code">The relay's code, or upstream's number.</param>
/// <param name="Status">Upstream's name for the number.</param>
/// <param name="Type">The relay's kind of error.</param>
/// <param name="Reason">Upstream's <c>details[].reason</c>, such as <c>API_KEY_INVALID</c>.</param>
/// <param name="QuotaId">Upstream's <c>details[].violations[].quotaId</c>; if there are several, that of a daily quota is
/// preferred.</param>
internal sealed record ServiceError(
    string? Message = null, string? Code = null, string? Status = null, string? Type = null, string? Reason = null, string? QuotaId = null);
