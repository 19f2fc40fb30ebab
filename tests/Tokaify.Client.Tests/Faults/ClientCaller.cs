using Tokaify.Resilience;

namespace Tokaify.Tests.Faults;

/// <summary>A client for tests, with one source, one folder for images, and very short waits.</summary>
internal sealed class ClientCaller : IDisposable
{
    public const string Key = "a-key-that-nobody-may-see";

    /// <summary>One retry, at once.</summary>
    public static readonly RetryOptions Impatient = new()
    {
        MaximumRetryCount = 1,
        RetryInterval = TimeSpan.FromMilliseconds(1),
        MaximumRetryInterval = TimeSpan.FromMilliseconds(1),
        // Only so that a failure ends.
        AttemptTimeout = TimeSpan.FromSeconds(60),
    };

    public ClientCaller(Uri baseUri, RetryOptions? retry = null)
        : this(new TokaifyConnection { BaseUri = baseUri, ApiKey = ApiKey.FromPlainText(Key) }, retry)
    {
    }

    public ClientCaller(TokaifyConnection connection, RetryOptions? retry = null)
        : this(connection, new TokaifyClientOptions { Retry = retry ?? Impatient })
    {
    }

    public ClientCaller(TokaifyConnection connection, TokaifyClientOptions options) => Client = new TokaifyClient(connection, options);

    public TokaifyClient Client { get; }

    /// <summary>The folder for the images.</summary>
    public TemporaryFolder Folder { get; } = new();

    public ImageEdit Edit { get => field ??= MakeEdit(); set; }

    public Task<ImageEditResult> EditAsync(Action<RetryNotice>? onRetry = null, CancellationToken cancellationToken = default) =>
        Client.EditAsync(Edit, onRetry, cancellationToken);

    /// <summary>The error of the edit. Also asserts that no file is left.</summary>
    public async Task<TokaifyException> FailAsync()
    {
        var error = await Xunit.Assert.ThrowsAsync<TokaifyException>(() => EditAsync());
        Xunit.Assert.Empty(Folder.Names);
        Xunit.Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        return error;
    }

    public void Dispose() => Folder.Dispose();

    private ImageEdit MakeEdit() => new()
    {
        Request = new ImageRequest { Prompt = "Make it evening.", Images = [SourceImage.Inspect(TestImages.Path("plain.png"))] },
        Folder = new ImageFolder(Folder.Path),
        Names = new PictureNames(new OutputName(OutputName.DefaultTemplate), "cat", "model", DateTime.UnixEpoch),
    };
}
