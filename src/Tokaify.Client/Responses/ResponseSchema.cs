namespace Tokaify;

/// <summary>A node of a response that this library uses.</summary>
internal enum Node : byte
{
    /// <summary>Any other node.</summary>
    Unknown,

    /// <summary>The document; if a relay wraps it in an array, that array too.</summary>
    Root,
    Candidates,
    Candidate,
    Content,
    Parts,
    Part,
    InlineData,
    Data,
    FileData,
    FileUri,
    Text,
    Thought,
    ThoughtSignature,
    FinishReason,
    FinishMessage,
    PromptFeedback,
    BlockReason,
    BlockReasonMessage,
    UsageMetadata,
    PromptTokenCount,
    CandidatesTokenCount,
    ThoughtsTokenCount,
    TotalTokenCount,
    CandidatesTokensDetails,
    ModalityTokenCount,
    Modality,
    ModalityTokens,
    ModelVersion,
    ResponseId,
    Error,
    ErrorMessage,
    ErrorCode,
    ErrorStatus,
    ErrorType,
    ErrorDetails,
    ErrorDetail,
    ErrorReason,
    Violations,
    Violation,
    QuotaId,
    Success,
    GroundingMetadata,
    GroundingChunks,
    GroundingChunk,
    GroundingSource,
    SourceTitle,
    SourceUri,
    SourceImageUri,
    SearchEntryPoint,
    RenderedContent,
}

/// <summary>Maps properties to nodes. Names are compared without case and underscores, because relays spell them both ways.</summary>
internal static class ResponseSchema
{
    /// <summary>The node of a property of an object.</summary>
    public static Node Property(Node parent, string name) => parent == Node.Unknown ? Node.Unknown : (parent, Normalize(name)) switch
    {
        (Node.Root, "candidates") => Node.Candidates,
        (Node.Candidate, "content") => Node.Content,
        (Node.Candidate, "finishreason") => Node.FinishReason,
        (Node.Candidate, "finishmessage") => Node.FinishMessage,
        (Node.Candidate, "groundingmetadata") => Node.GroundingMetadata,
        (Node.GroundingMetadata, "groundingchunks") => Node.GroundingChunks,
        (Node.GroundingMetadata, "searchentrypoint") => Node.SearchEntryPoint,
        (Node.GroundingChunk, "web" or "image" or "retrievedcontext" or "maps") => Node.GroundingSource,
        (Node.GroundingSource, "title") => Node.SourceTitle,
        (Node.GroundingSource, "uri") => Node.SourceUri,
        (Node.GroundingSource, "imageuri") => Node.SourceImageUri,
        (Node.SearchEntryPoint, "renderedcontent") => Node.RenderedContent,
        (Node.Content, "parts") => Node.Parts,
        (Node.Part, "inlinedata") => Node.InlineData,
        (Node.Part, "filedata") => Node.FileData,
        (Node.Part, "text") => Node.Text,
        (Node.Part, "thought") => Node.Thought,
        (Node.Part, "thoughtsignature") => Node.ThoughtSignature,
        (Node.InlineData, "data") => Node.Data,
        (Node.FileData, "fileuri") => Node.FileUri,
        (Node.Root, "promptfeedback") => Node.PromptFeedback,
        (Node.PromptFeedback, "blockreason") => Node.BlockReason,
        (Node.PromptFeedback, "blockreasonmessage") => Node.BlockReasonMessage,
        (Node.Root, "usagemetadata") => Node.UsageMetadata,
        (Node.UsageMetadata, "prompttokencount") => Node.PromptTokenCount,
        (Node.UsageMetadata, "candidatestokencount") => Node.CandidatesTokenCount,
        (Node.UsageMetadata, "thoughtstokencount") => Node.ThoughtsTokenCount,
        (Node.UsageMetadata, "totaltokencount") => Node.TotalTokenCount,
        (Node.UsageMetadata, "candidatestokensdetails") => Node.CandidatesTokensDetails,
        (Node.ModalityTokenCount, "modality") => Node.Modality,
        (Node.ModalityTokenCount, "tokencount") => Node.ModalityTokens,
        (Node.Root, "modelversion") => Node.ModelVersion,
        (Node.Root, "responseid") => Node.ResponseId,
        (Node.Root, "error") => Node.Error,
        (Node.Error, "message") => Node.ErrorMessage,
        (Node.Error, "code") => Node.ErrorCode,
        (Node.Error, "status") => Node.ErrorStatus,
        (Node.Error, "type") => Node.ErrorType,
        (Node.Error, "details") => Node.ErrorDetails,
        (Node.ErrorDetail, "reason") => Node.ErrorReason,
        (Node.ErrorDetail, "violations") => Node.Violations,
        (Node.Violation, "quotaid") => Node.QuotaId,
        (Node.Root, "message") => Node.ErrorMessage,
        (Node.Root, "msg") => Node.ErrorMessage,
        (Node.Root, "detail") => Node.ErrorMessage,
        (Node.Root, "code") => Node.ErrorCode,
        (Node.Root, "success") => Node.Success,
        _ => Node.Unknown,
    };

    /// <summary>The node of the elements of an array.</summary>
    public static Node Element(Node array) => array switch
    {
        Node.Candidates => Node.Candidate,
        Node.Parts => Node.Part,
        Node.CandidatesTokensDetails => Node.ModalityTokenCount,
        Node.ErrorDetails => Node.ErrorDetail,
        Node.Violations => Node.Violation,
        Node.GroundingChunks => Node.GroundingChunk,
        Node.Root => Node.Root,
        _ => Node.Unknown,
    };

    /// <summary>Whether a string here may be long, so that it is decoded as it arrives.</summary>
    public static bool IsStreamed(Node node) => node is Node.Data or Node.FileUri or Node.Text or Node.ThoughtSignature
        or Node.SourceTitle or Node.SourceUri or Node.SourceImageUri or Node.RenderedContent or Node.Unknown;

#pragma warning disable CA1308 // The names above are in lower case.
    private static string Normalize(string name) => name.Replace("_", "").ToLowerInvariant();
#pragma warning restore CA1308
}
