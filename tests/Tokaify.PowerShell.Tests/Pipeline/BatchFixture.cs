using Tokaify.PowerShell;
using Tokaify.Resilience;

namespace Tokaify.Tests.Pipeline;

/// <summary>A batch of one command against a scripted server, with its own folder.</summary>
internal sealed class BatchFixture : IAsyncDisposable
{
    private readonly ScriptedServer _server;
    private readonly EditPump _pump;

    /// <summary>Creates the batch.</summary>
    /// <param name="script">Creates the response to a request.</param>
    /// <param name="limit">The maximum number of edits in flight.</param>
    public BatchFixture(Func<RecordedRequest, ScriptedResponse?> script, int limit = 2)
    {
        _server = new ScriptedServer(script);
        _pump = new EditPump(
            new TokaifyConnection { BaseUri = _server.BaseUri, ApiKey = ApiKey.FromPlainText("a-key-that-nobody-may-see") },
            new TokaifyClientOptions { WordAdvice = new AdviceWords().Of, Retry = new RetryOptions { MaximumRetryCount = 0 } },
            limit,
            longestOutage: TimeSpan.Zero);
        Reporter = new BatchReporter(Output, host: null, new Preferences { IsVerbose = true }, activity: null);
        Batch = new EditBatch(Output, Reporter, _pump)
        {
            HasSummary = true,
            End = new BatchEnd(Reporter.Tally, "the same command goes on where this one ended."),
        };
        Batch.Begin();
    }

    public RecordedOutput Output { get; } = new();

    public BatchReporter Reporter { get; }

    public EditBatch Batch { get; }

    public TemporaryFolder Folder { get; } = new();

    public int Requests => _server.Requests.Count;

    /// <summary>The summary that was written.</summary>
    public BatchSummary Summary => (BatchSummary)Xunit.Assert.Single(Output.Information);

    /// <summary>An edit of a test image.</summary>
    public ImageEdit Edit(string name, string? model = null) => Of(Folder.Path, name, model);

    /// <summary>An edit of a test image that is saved in a folder.</summary>
    public static ImageEdit Of(string folder, string name, string? model = null) => new()
    {
        Request = new ImageRequest
        {
            Prompt = name,
            Model = model ?? "gemini-2.5-flash-image",
            Images = [SourceImage.Inspect(TestImages.Path("plain.png"))],
        },
        Folder = new ImageFolder(folder),
        Names = new PictureNames(new OutputName("{name}"), name, "model", DateTime.UnixEpoch),
    };

    public async ValueTask DisposeAsync()
    {
        _pump.Dispose();
        await _server.DisposeAsync();
        Folder.Dispose();
    }
}
