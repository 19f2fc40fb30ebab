namespace Tokaify;

/// <summary>A part of a message as it is sent: a text or an image.</summary>
/// <param name="Text">The text; null for an image.</param>
/// <param name="Image">The image; null for a text.</param>
/// <param name="ThoughtSignature">The model's signature of the part, in UTF-8; null if there is none.</param>
internal sealed record Part(string? Text, SourceImage? Image, byte[]? ThoughtSignature = null);

/// <summary>A message as it is sent: <c>contents[]</c>.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Parts">Its parts, in order.</param>
internal sealed record Content(string Role, IReadOnlyList<Part> Parts)
{
    /// <summary>Creates the message of an edit: first the instruction, then the images, as in the relay's documentation.</summary>
    public static Content Of(ImageRequest request) => new(
        Roles.User,
        [new Part(request.Prompt, Image: null), .. request.Images.Select(image => new Part(Text: null, image))]);
}

/// <summary>The author of a message: the API's values of <c>contents[].role</c>.</summary>
internal static class Roles
{
    public const string User = "user";
    public const string Model = "model";
}
