using Tokaify.Resilience;

namespace Tokaify.Tests;

/// <summary>Edits with a real client, for tests.</summary>
internal static class Edits
{
    /// <summary>A key whose parts occur in no other text of a test.</summary>
    public const string Key = "a-key-that-nobody-may-see";

    /// <summary>The errors of a client with this key.</summary>
    public static TokaifyErrors Errors { get; } = new(TextSanitizer.For(new Secret(Key)));

    /// <summary>One more attempt, right away.</summary>
    public static RetryOptions OneRetry { get; } = new()
    {
        MaximumRetryCount = 1,
        RetryInterval = TimeSpan.FromMilliseconds(1),
        MaximumRetryInterval = TimeSpan.FromMilliseconds(1),
        // Only to end a test that hangs.
        AttemptTimeout = TimeSpan.FromSeconds(60),
    };

    public static TokaifyConnection To(Uri address) => new() { BaseUri = address, ApiKey = ApiKey.FromPlainText(Key) };

    public static TokaifyClient Client(Uri address, RetryOptions? retry = null, TokaifyClientOptions? options = null) => new(
        To(address),
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

    /// <summary>The error of an edit whose requests all get the same response. Also asserts that no file is left.</summary>
    public static async Task<TokaifyException> FailAsync(ScriptedResponse response, int attempts)
    {
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(response);
        var failure = await Xunit.Assert.ThrowsAsync<TokaifyException>(() => Client(server.BaseUri).EditAsync(Of(folder)));
        Xunit.Assert.Equal(attempts, failure.Attempts);
        Xunit.Assert.Equal(attempts, server.Requests.Count);
        Xunit.Assert.Empty(folder.Names);
        return failure;
    }
}
