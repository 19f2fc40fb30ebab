using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>Reads <c>contents</c>: the turns of the conversation with their texts and images.</summary>
internal static class ConversationReader
{
    // The members of the oneof of the message Part. A part has exactly one of them.
    private static readonly string[] s_partKinds =
    [
        "text", "inline_data", "file_data", "function_call", "function_response", "executable_code", "code_execution_result",
    ];

    /// <exception cref="RefusedRequestException">The API would refuse it.</exception>
    public static IReadOnlyList<Turn> Read(JsonElement request, ImageModel model)
    {
        var turns = request.Items("contents").Select((content, index) => ReadTurn(content, index, model)).ToList();
        if (turns.Count == 0)
        {
            throw Refusals.Invalid("contents", "contents is not specified");
        }

        if (turns[turns.Count - 1].Role != "user")
        {
            throw Refusals.Invalid("Please ensure that multiturn requests end with a user role or a function response.");
        }

        return turns.Any(turn => !string.IsNullOrWhiteSpace(turn.Text))
            ? turns
            : throw Refusals.Invalid("contents", "an instruction is required: no part has text");
    }

    private static Turn ReadTurn(JsonElement content, int index, ImageModel model)
    {
        var path = $"contents[{index}]";
        var role = content.Text("role") ?? "user";
        if (role is not ("user" or "model"))
        {
            throw Refusals.Invalid("Please use a valid role: user, model.");
        }

        var parts = content.Items("parts").ToList();
        if (parts.Count == 0)
        {
            throw Refusals.Invalid(path + ".parts", "contents.parts must not be empty.");
        }

        var turn = new Turn(role, [.. parts.Select((part, position) => ReadPart(part, $"{path}.parts[{position}]"))]);
        if (role == "model" && model.SignsThoughts())
        {
            RequireSignatures(parts, turn, index);
        }

        return turn;
    }

    private static TurnPart ReadPart(JsonElement part, string path)
    {
        var kinds = s_partKinds.Where(kind => part.Field(kind) is not null).ToList();
        if (kinds.Count == 0)
        {
            throw Refusals.Invalid(path + ".data", "required oneof field 'data' must have one initialized field");
        }

        if (kinds.Count > 1)
        {
            throw Refusals.Invalid([new FieldViolation(path,
                $"Invalid value at '{path}' (oneof), oneof field 'data' is already set. Cannot set '{WireNames.Camel(kinds[1])}'")]);
        }

        if (part.Field("thought_signature") is { } signature)
        {
            WireBytes.Decode(signature, path + ".thought_signature");
        }

        return new TurnPart(part.Text("text"), part.Field("inline_data") is { } blob ? ReadImage(blob, path + ".inline_data") : null);
    }

    private static InputImage ReadImage(JsonElement blob, string path)
    {
        var mimeType = blob.Text("mime_type");
        if (string.IsNullOrEmpty(mimeType))
        {
            throw Refusals.Invalid(path + ".mime_type", "must have a mime_type that says what data is");
        }

        if (ImageFormats.All.All(format => format.MimeType() != mimeType))
        {
            throw Refusals.Invalid($"Unsupported MIME type: {mimeType}");
        }

        var bytes = blob.Field("data") is { } data ? WireBytes.Decode(data, path + ".data") : [];
        if (bytes.Length == 0)
        {
            throw Refusals.Invalid(path + ".data", "required field 'data' is empty");
        }

        var start = bytes.AsSpan(0, Math.Min(bytes.Length, ImageHeader.DetectionLength));
        if (ImageHeader.DetectFormat(start) is null)
        {
            throw Refusals.Invalid("Provided image is not valid.");
        }

        return new InputImage(Digest.Hex(Digest.Of(bytes)));
    }

    private static void RequireSignatures(List<JsonElement> parts, Turn turn, int index)
    {
        for (var position = 0; position < parts.Count; position++)
        {
            if (turn.Parts[position].Image is not { } image || parts[position].Field("thought")?.GetBoolean() == true)
            {
                continue;
            }

            var signature = parts[position].Text("thought_signature")
                ?? throw Refusals.Invalid("Image part is missing a thought_signature in content position " +
                    $"{index + 1}, part position {position + 1}.");
            if (signature != ThoughtSignature.Of(image.Sha256))
            {
                throw Refusals.Invalid("Corrupted thought signature.");
            }
        }
    }
}
