namespace Tokaify;

/// <summary>A turn of a conversation while its request is under way. Only one that succeeds leaves anything behind.</summary>
internal sealed class OpenTurn(Conversation conversation) : IDisposable
{
    private Message? _question;
    private bool _stripsMetadata;

    /// <summary>Adds to a request what was said before.</summary>
    /// <exception cref="TokaifyException">An image of the conversation went or changed, or the request does not go with it.</exception>
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

    /// <summary>The turn has succeeded: the conversation takes up what was said.</summary>
    /// <param name="response">The response.</param>
    /// <param name="saved">Its images where they are now, in its order.</param>
    /// <exception cref="TokaifyException">An image cannot be read back.</exception>
    public void Complete(GenerateContentResponse response, IReadOnlyList<SavedImage> saved)
    {
        // Links beside an image are left out.
        var parts = response.Parts!.Where(part => part is not { Text: null, Image: null }).Select(part => new MessagePart(
            part.Text,
            part.Image is null ? null : ImageReference.To(SourceImage.Inspect(saved[response.Images.IndexOf(part.Image)].Path)),
            part.ThoughtSignature));
        var message = new Message(Roles.Model, [.. parts]) { Grounding = new Grounding(response.Sources, response.SearchEntryPoint) };
        conversation.Append(new Turn(_question!, message));
        conversation.StripsMetadata = _stripsMetadata;
    }

    /// <summary>Lets others at the conversation again.</summary>
    public void Dispose() => conversation.End();
}
