namespace Tokaify;

/// <summary>A message of a conversation: the user's, or the model's.</summary>
internal sealed class Message
{
    public Message(string role, IReadOnlyList<MessagePart> parts)
    {
        Role = role;
        Parts = parts;
    }

    /// <summary><c>user</c> or <c>model</c>.</summary>
    public string Role { get; }

    /// <summary>Its texts, one in each line, without control characters; empty if there are none.</summary>
    public string Text => ControlCharacters.Remove(
        string.Join("\n", Parts.Select(part => part.Text).Where(text => !string.IsNullOrEmpty(text))));

    /// <summary>The full paths of its images, in order.</summary>
    public IReadOnlyList<string> Pictures => [.. Parts.Where(part => part.Image is not null).Select(part => part.Image!.Path)];

    /// <summary>Its parts, in order.</summary>
    public IReadOnlyList<MessagePart> Parts { get; }

    /// <summary>The search results that it is based on. They are kept for the user, and are not sent again.</summary>
    public Grounding Grounding { get; init; } = Grounding.None;

    /// <summary>Creates the message of a request.</summary>
    /// <exception cref="TokaifyException">An image cannot be read.</exception>
    public static Message Of(ImageRequest request) => new(
        Roles.User,
        [.. Content.Of(request).Parts.Select(part => new MessagePart(part.Text, part.Image is null ? null : ImageReference.To(part.Image)))]);

    /// <summary>Returns the message as it is sent again.</summary>
    /// <exception cref="TokaifyException">An image was removed or changed; see <see cref="ImageReference.Recall"/>.</exception>
    public Content ToContent() =>
        new(Role, [.. Parts.Select(part => new Part(part.Text, part.Image?.Recall(), part.ThoughtSignature))]);
}

/// <summary>A part of a message: a text or an image.</summary>
/// <param name="Text">The text, which may be empty; null for an image.</param>
/// <param name="Image">The image; null for a text.</param>
/// <param name="ThoughtSignature">The model's signature of the part, in UTF-8, exactly as it came; null if there is none.</param>
internal sealed record MessagePart(string? Text, ImageReference? Image, byte[]? ThoughtSignature = null);
