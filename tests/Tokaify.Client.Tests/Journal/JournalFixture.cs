using System.Text.Json;
using Tokaify.Resilience;

namespace Tokaify.Tests.Journal;

/// <summary>A journal in a folder of the test, and a server whose responses can be held.</summary>
internal sealed class JournalFixture : IAsyncDisposable
{
    private readonly List<JournalWriter> _writers = [];
    private readonly TaskCompletionSource _released = new();
    private readonly SemaphoreSlim _received = new(0);
    private readonly TaskCompletionSource _noticed = new();

    public JournalFixture()
    {
        Path = Folder.File("edits.jsonl");
        Server = new ScriptedServer(_ => Response());
    }

    public TemporaryFolder Folder { get; } = new();

    public ScriptedServer Server { get; }

    /// <summary>The journal.</summary>
    public string Path { get; }

    /// <summary>The files that belong to it.</summary>
    public JournalPaths Paths => new(Path);

    /// <summary>The file of the lines that cannot be written to it.</summary>
    public string Recovery => Paths.Recovery!;

    /// <summary>Whether the server holds its responses until <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>The server's response instead of an image; null for an image.</summary>
    public ScriptedResponse? Refusal { get; set; }

    /// <summary>The notices of the clients.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>The number of received requests.</summary>
    public int Requests => Server.Requests.Count;

    /// <summary>Waits until one more request has been received.</summary>
    public Task ReceiveAsync() => _received.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Waits until a client sends a notice.</summary>
    public Task NoticeAsync() => _noticed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Release() => _released.TrySetResult();

    /// <summary>Opens the journal like a command with or without -Resume.</summary>
    public JournalWriter Open(bool resumes = true, string? path = null)
    {
        var writer = new JournalWriter(path ?? Path, resumes);
        _writers.Add(writer);
        writer.Open();
        return writer;
    }

    public TokaifyClient Client(JournalWriter journal, RetryOptions? retry = null) => Edits.Client(
        Server.BaseUri,
        retry,
        new TokaifyClientOptions { Journal = journal, OnNotice = Hear });

    public ImageEdit Edit(string prompt = "Make it night.") => Edits.Of(Folder, prompt: prompt);

    /// <summary>The outcomes of the lines, except lines that are written before a request is sent.</summary>
    public IEnumerable<string> Outcomes() => Lines().Select(line => line.GetProperty("outcome").GetString()!).Where(outcome => outcome != "sent");

    /// <summary>All lines.</summary>
    public List<JsonElement> Lines(string? path = null) =>
        [.. TemporaryFolder.LinesOf(path ?? Path).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Locks a file like another process. For the system, there is no difference.</summary>
    public static FileStream Lock(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public async ValueTask DisposeAsync()
    {
        Release();
        _writers.ForEach(writer => writer.Dispose());
        await Server.DisposeAsync();
        File.Delete(Recovery);
        Folder.Dispose();
    }

    private void Hear(ClientNotice notice)
    {
        lock (Notices)
        {
            Notices.Add(notice.Message);
        }

        _noticed.TrySetResult();
    }

    private ScriptedResponse Response()
    {
        var holds = Holds;
        var response = Refusal ?? ScriptedResponse.Good;
        return new ScriptedResponse(async (stream, token) =>
        {
            _received.Release();
            if (holds)
            {
                await _released.Task.WaitAsync(token);
            }

            await response.WriteAsync(stream, token);
        });
    }
}
