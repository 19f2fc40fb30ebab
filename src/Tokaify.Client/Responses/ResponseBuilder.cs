using System.Globalization;
using System.Text.Json;

namespace Tokaify;

/// <summary>Makes a <see cref="GenerateContentResponse"/> of JSON tokens.</summary>
internal sealed class ResponseBuilder(GenerateContentResponse response, Func<PendingImage> newImage)
{
    private readonly Stack<Node> _open = new();
    private Node _property = Node.Root;

    private PendingImage? _image;
    private readonly List<string> _partTexts = [];
    private bool _isDraft;

    /// <summary>Takes the next token.</summary>
    /// <returns>Whether a value follows that may be long, and that the reader therefore takes itself where it is a string.</returns>
    public bool Accept(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _property = ResponseSchema.Property(_open.Peek(), reader.GetString()!);
                return ResponseSchema.IsStreamed(_property);
            case JsonTokenType.StartObject:
            case JsonTokenType.StartArray:
                Open(reader.TokenType);
                break;
            case JsonTokenType.EndObject:
            case JsonTokenType.EndArray:
                Close();
                break;
            default:
                TakeValue(ref reader);
                break;
        }

        return false;
    }

    /// <summary>Begins the string that <see cref="Accept"/> announced.</summary>
    public IStringTarget BeginString()
    {
        switch (_property)
        {
            case Node.Data:
                _image?.Dispose();
                _image = newImage();
                return new Base64Target(_image);
            case Node.Text:
                return new TextTarget(_partTexts.Add);
            default:
                return SkipTarget.Instance;
        }
    }

    /// <summary>Removes the picture that was under way.</summary>
    public void Discard()
    {
        _image?.Dispose();
        _image = null;
    }

    private void Open(JsonTokenType token)
    {
        var node = _property;
        _open.Push(node);
        // Inside an array each element is what the array holds, until a property says otherwise.
        _property = token == JsonTokenType.StartArray ? ResponseSchema.Element(node) : Node.Unknown;
        if (token == JsonTokenType.StartObject && node == Node.Error)
        {
            response.Error ??= new ServiceError();
        }
    }

    private void Close()
    {
        var node = _open.Pop();
        if (node == Node.Part)
        {
            EndPart();
        }

        _property = _open.Count > 0 ? ResponseSchema.Element(_open.Peek()) : Node.Unknown;
    }

    private void EndPart()
    {
        if (_isDraft)
        {
            _image?.Dispose();
        }
        else
        {
            if (_image is not null)
            {
                response.Images.Add(_image);
            }

            response.Texts.AddRange(_partTexts);
        }

        _image = null;
        _partTexts.Clear();
        _isDraft = false;
    }

    private void TakeValue(ref Utf8JsonReader reader)
    {
        switch (_property)
        {
            case Node.Thought:
                _isDraft = reader.TokenType == JsonTokenType.True;
                break;
            case Node.PromptTokenCount or Node.CandidatesTokenCount or Node.ThoughtsTokenCount or Node.TotalTokenCount:
                TakeCount(ref reader);
                break;
            case Node.Success when reader.TokenType == JsonTokenType.False:
                response.Error ??= new ServiceError();
                break;
            default:
                TakeText(Text(ref reader));
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
        response.Usage = _property switch
        {
            Node.PromptTokenCount => usage with { PromptTokenCount = count },
            Node.CandidatesTokenCount => usage with { CandidatesTokenCount = count },
            Node.ThoughtsTokenCount => usage with { ThoughtsTokenCount = count },
            _ => usage with { TotalTokenCount = count },
        };
    }

    private void TakeText(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        switch (_property)
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
            case Node.BlockReasonMessage:
                response.BlockReasonMessage = text;
                break;
            case Node.ModelVersion:
                response.ModelVersion = text;
                break;
            case Node.ResponseId:
                response.ResponseId = text;
                break;
            case Node.Error or Node.ErrorMessage:
                response.Error = (response.Error ?? new ServiceError()) with { Message = text };
                break;
            case Node.ErrorCode:
                response.Error = (response.Error ?? new ServiceError()) with { Code = text };
                break;
            case Node.ErrorStatus:
                response.Error = (response.Error ?? new ServiceError()) with { Status = text };
                break;
            case Node.ErrorType:
                response.Error = (response.Error ?? new ServiceError()) with { Type = text };
                break;
        }
    }

    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => reader.TryGetInt64(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        _ => null,
    };
}
