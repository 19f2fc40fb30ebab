using System.Globalization;
using System.Text.Json;

namespace Tokaify;

/// <summary>Builds a <see cref="GenerateContentResponse"/> from JSON tokens.</summary>
/// <param name="response">The response to be filled.</param>
/// <param name="newImage">Creates the file for an image that begins.</param>
/// <param name="sanitizer">The sanitizer for the texts.</param>
internal sealed class ResponseBuilder(GenerateContentResponse response, Func<PendingImage> newImage, TextSanitizer sanitizer) : IDisposable
{
    // The limits for a name, an id or a reason, and for a message. Longer values are cut.
    private const int NameLimit = 4 * 1024;
    private const int MessageLimit = 64 * 1024;

    // Longer than the longest name of the schema with every character escaped.
    private const int PropertyNameLimit = 256;

    private readonly Stack<Scope> _open = new();
    private readonly PartContent _part = new(new ImageSlots(newImage), response.Memory, sanitizer);
    private readonly GroundingReader _grounding = new(response, sanitizer);
    private Node _place = Node.Root;
    private (bool IsImage, int Tokens) _modality;
    private int _candidate;

    /// <summary>Whether an image is being read.</summary>
    public bool IsInImage => _part.HasImage;

    /// <summary>Takes the next token.</summary>
    /// <returns>Whether the next value may be long. If it is a string, the caller then decodes it itself, with
    /// <see cref="BeginString"/>.</returns>
    public bool Accept(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _place = Child(_open.Peek().Node, ref reader);
                return ResponseSchema.IsStreamed(_place);
            case JsonTokenType.StartObject:
            case JsonTokenType.StartArray:
                Open(isArray: reader.TokenType == JsonTokenType.StartArray);
                break;
            case JsonTokenType.EndObject:
            case JsonTokenType.EndArray:
                Close();
                break;
            default:
                TakeValue(ref reader);
                break;
        }

        // Strings in an array have no meaning here, but they can have any length.
        return _open.Count > 0 && _open.Peek().IsArray;
    }

    /// <summary>Begins the string that <see cref="Accept"/> announced.</summary>
    public IStringSink BeginString() => _place switch
    {
        Node.Data => _part.BeginData(),
        Node.FileUri => _part.BeginFileUri(),
        Node.Text => _part.BeginText(),
        Node.ThoughtSignature when response.Parts is not null => _part.BeginSignature(),
        _ => _grounding.Begin(_place) ?? SkipSink.Instance,
    };

    /// <summary>Removes the images that were being read.</summary>
    public void Dispose() => _part.Dispose();

    private static Node Child(Node parent, ref Utf8JsonReader reader) =>
        parent == Node.Unknown || reader.ValueSpan.Length > PropertyNameLimit
            ? Node.Unknown
            : ResponseSchema.Property(parent, JsonStringDecoder.Decode(reader.ValueSpan, PropertyNameLimit, out _));

    private void Open(bool isArray)
    {
        var node = _place;
        _open.Push(new Scope(node, isArray));
        // In an array, the node of each element is known; in an object, it depends on the property.
        _place = isArray ? ResponseSchema.Element(node) : Node.Unknown;
        _candidate = node == Node.Candidates ? 0 : node == Node.Candidate ? _candidate + 1 : _candidate;
        if (node == Node.Error && !isArray)
        {
            response.Error ??= new ServiceError();
        }
    }

    private void Close()
    {
        var closed = _open.Pop();
        if (closed.Node == Node.Part)
        {
            // A conversation keeps one candidate: the first.
            _part.MoveTo(response, isAlternative: _candidate > 1);
        }
        else if (closed.Node == Node.GroundingSource)
        {
            _grounding.EndSource();
        }
        else if (closed.Node == Node.ModalityTokenCount)
        {
            AddModality();
        }

        _place = _open.Count > 0 && _open.Peek() is { IsArray: true } parent ? ResponseSchema.Element(parent.Node) : Node.Unknown;
    }

    private void TakeValue(ref Utf8JsonReader reader)
    {
        switch (_place)
        {
            case Node.Thought:
                _part.IsDraft = reader.TokenType == JsonTokenType.True;
                break;
            case Node.PromptTokenCount or Node.CandidatesTokenCount or Node.ThoughtsTokenCount or Node.TotalTokenCount:
                TakeCount(ref reader);
                break;
            case Node.ModalityTokens:
                _modality.Tokens = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var tokens) ? tokens : 0;
                break;
            case Node.Success when reader.TokenType == JsonTokenType.False:
                response.Error ??= new ServiceError();
                break;
            default:
                TakeText(ref reader);
                break;
        }
    }

    private void TakeCount(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var count))
        {
            return;
        }

        var usage = response.Usage ?? new UsageMetadata();
        response.Usage = _place switch
        {
            Node.PromptTokenCount => usage with { PromptTokenCount = count },
            Node.CandidatesTokenCount => usage with { CandidatesTokenCount = count },
            Node.ThoughtsTokenCount => usage with { ThoughtsTokenCount = count },
            _ => usage with { TotalTokenCount = count },
        };
    }

    // Each entry of the details has the number of tokens of one modality.
    private void AddModality()
    {
        var usage = response.Usage ?? new UsageMetadata();
        response.Usage = usage with
        {
            CandidatesImageTokenCount = (usage.CandidatesImageTokenCount ?? 0) + (_modality.IsImage ? _modality.Tokens : 0),
        };
        _modality = default;
    }

    private void TakeText(ref Utf8JsonReader reader)
    {
        if (_place == Node.Unknown || Text(ref reader, out var isCut) is not { Length: > 0 } said)
        {
            return;
        }

        var text = IsMessage(_place) ? sanitizer.Line(said, isCut) : sanitizer.Name(said, isCut);
        switch (_place)
        {
            case Node.FinishReason:
                response.FinishReason ??= text;
                break;
            case Node.FinishMessage:
                response.FinishMessage ??= text;
                break;
            case Node.BlockReason:
                response.BlockReason = text;
                break;
            case Node.Modality:
                _modality.IsImage = string.Equals(text, "IMAGE", StringComparison.OrdinalIgnoreCase);
                break;
            case Node.BlockReasonMessage:
                response.BlockReasonMessage = text;
                break;
            case Node.ModelVersion:
                response.ModelVersion = text;
                break;
            case Node.ResponseId:
                response.ResponseId = text;
                break;
            default:
                TakeErrorText(text);
                break;
        }
    }

    private void TakeErrorText(string text)
    {
        var error = response.Error ?? new ServiceError();
        response.Error = _place switch
        {
            // If an error is only a string, a message beside it says more.
            Node.Error => error with { Message = error.Message ?? text },
            Node.ErrorMessage => error with { Message = text },
            Node.ErrorCode => error with { Code = text },
            Node.ErrorStatus => error with { Status = text },
            Node.ErrorType => error with { Type = text },
            Node.ErrorReason => error with { Reason = error.Reason ?? text },
            Node.QuotaId => error with { QuotaId = ServicePhrases.NamesDailyLimit(error.QuotaId) ? error.QuotaId : text },
            _ => response.Error,
        };
    }

    private string? Text(ref Utf8JsonReader reader, out bool isCut)
    {
        isCut = false;
        return reader.TokenType switch
        {
            JsonTokenType.String => JsonStringDecoder.Decode(reader.ValueSpan, IsMessage(_place) ? MessageLimit : NameLimit, out isCut),
            JsonTokenType.Number => reader.TryGetInt64(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
            _ => null,
        };
    }

    private static bool IsMessage(Node place) =>
        place is Node.FinishMessage or Node.BlockReasonMessage or Node.ErrorMessage or Node.Error;

    // A class, because a stack of references is already compiled in the framework.
    private sealed record Scope(Node Node, bool IsArray);
}
