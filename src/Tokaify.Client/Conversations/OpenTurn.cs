namespace Tokaify;

/// <summary>A turn of a conversation while its request is in flight. The conversation changes only if the turn succeeds.</summary>
internal sealed class OpenTurn(Conversation conversation) : IDisposable
{
    private Message? _question;
    private bool _stripsMetadata;

    /// <summary>Adds the earlier messages to a request.</summary>
    /// <exception cref="TokaifyException">An image of the conversation was removed or changed, or the request does not fit the
    /// conversation.</exception>
    public ImageRequest Continue(ImageRequest request)
    {
        conversation.ModelFor(request.Model);
        if (request.SystemInstruction is { } instruction && instruction != conversation.SystemInstruction)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "The conversation has its own system instruction, from its beginning on. Leave this one out, or begin another conversation.");
        }

        if (conversation.Turns.Count == 0 && request.Source is null)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                "The conversation has no picture yet: its first turn needs a source.");
        }

        _question = Message.Of(request);
        _stripsMetadata = request.StripMetadata || conversation.StripsMetadata;
        return request with
        {
            SystemInstruction = conversation.SystemInstruction,
            StripMetadata = _stripsMetadata,
            History = [.. conversation.Messages.Select(message => message.ToContent())],
        };
    }

    /// <summary>Ends a successful turn: adds its messages to the conversation.</summary>
    /// <param name="response">The response.</param>
    /// <param name="saved">Its saved images, in its order.</param>
    /// <exception cref="TokaifyException">An image cannot be read back.</exception>
    public void Complete(GenerateContentResponse response, IReadOnlyList<SavedImage> saved)
    {
        // Links of a response that also has an image are left out.
        var parts = response.Parts!.Where(part => part is not { Text: null, Image: null }).Select(part => new MessagePart(
            part.Text,
            part.Image is null ? null : ImageReference.To(SourceImage.Inspect(saved[response.Images.IndexOf(part.Image)].Path)),
            part.ThoughtSignature));
        var message = new Message(Roles.Model, [.. parts]) { Grounding = new Grounding(response.Sources, response.SearchEntryPoint) };
        conversation.Append(new Turn(_question!, message));
        conversation.StripsMetadata = _stripsMetadata;
    }

    /// <summary>Allows the next turn of the conversation.</summary>
    public void Dispose() => conversation.End();
}
