using Tokaify.Resilience;

namespace Tokaify.Tests;

/// <summary>A client with one edit and its folder, for tests that run one edit. Key and waits are those of <see cref="Edits"/>.</summary>
internal sealed class ClientCaller : IDisposable
{
    public ClientCaller(Uri baseUri, RetryOptions? retry = null)
        : this(Edits.To(baseUri), retry)
    {
    }

    public ClientCaller(TokaifyConnection connection, RetryOptions? retry = null)
        : this(connection, new TokaifyClientOptions { Retry = retry ?? Edits.OneRetry })
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
        Xunit.Assert.DoesNotContain(Edits.Key, error.ToString(), StringComparison.Ordinal);
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
