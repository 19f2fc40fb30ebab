namespace Tokaify;

/// <summary>A part of a message as it goes over the wire: a text or an image.</summary>
/// <param name="Text">The text; null for an image.</param>
/// <param name="Image">The image; null for a text.</param>
/// <param name="ThoughtSignature">What the model signed the part with, in UTF-8; null where it did not.</param>
internal sealed record Part(string? Text, SourceImage? Image, byte[]? ThoughtSignature = null);

/// <summary>A message as it goes over the wire: <c>contents[]</c>.</summary>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Parts">Its parts, in order.</param>
internal sealed record Content(string Role, IReadOnlyList<Part> Parts)
{
    /// <summary>The message that an edit adds: the instruction first, as the relay's pages have it, then the images.</summary>
    public static Content Of(ImageRequest request) => new(
        Roles.User,
        [new Part(request.Prompt, Image: null), .. request.Images.Select(image => new Part(Text: null, image))]);
}

/// <summary>Who says something: the API's values of <c>contents[].role</c>.</summary>
internal static class Roles
{
    public const string User = "user";
    public const string Model = "model";
}
