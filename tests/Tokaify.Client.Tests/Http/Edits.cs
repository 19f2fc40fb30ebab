using Tokaify.Resilience;

namespace Tokaify.Tests.Http;

/// <summary>Edits with a real client, for tests.</summary>
internal static class Edits
{
    public const string Key = "sk-test-0123456789abcdef";

    /// <summary>The errors of a client with this key.</summary>
    public static TokaifyErrors Errors { get; } = new(TextSanitizer.For(new Secret(Key)));

    /// <summary>One more attempt, right away.</summary>
    public static RetryOptions OneRetry { get; } = new() { MaximumRetryCount = 1, RetryInterval = TimeSpan.FromMilliseconds(1) };

    public static TokaifyClient Client(Uri address, RetryOptions? retry = null, TokaifyClientOptions? options = null) => new(
        new TokaifyConnection { BaseUri = address, ApiKey = ApiKey.FromPlainText(Key) },
        (options ?? new TokaifyClientOptions()) with { Retry = retry ?? OneRetry });

    /// <summary>An edit of an image that saves as <c>out</c> in a folder.</summary>
    public static ImageEdit Of(TemporaryFolder folder, string? source = null, string prompt = "Make it night.") => Of(
        folder,
        new ImageRequest { Prompt = prompt, Images = [SourceImage.Inspect(source ?? TestImages.Path("palette.png"))] });

    public static ImageEdit Of(TemporaryFolder folder, ImageRequest request) => new()
    {
        Request = request,
        Folder = new ImageFolder(folder.Path),
        Names = new PictureNames(new OutputName("out"), "", request.Model, DateTime.Now),
    };
}
