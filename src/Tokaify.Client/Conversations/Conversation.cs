namespace Tokaify;

/// <summary>Edits that build on each other: the model gets all earlier texts and images.</summary>
/// <remarks>It holds texts, signatures and the paths of files; the images stay on the disk. A conversation is one chain: a second request
/// has to wait until the first has ended.</remarks>
public sealed class Conversation
{
    // Replaced as a whole when a turn has succeeded, so that a reader on another thread never sees an incomplete turn.
    private volatile Turn[] _turns;
    private int _isBusy;

    /// <summary>Begins a conversation.</summary>
    /// <param name="model">The model's name; null for the catalogue's default.</param>
    /// <param name="systemInstruction">The system instruction for all turns; null for none.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the model's name is empty, or if the
    /// user's catalogue cannot be used.</exception>
    public Conversation(string? model = null, string? systemInstruction = null)
        : this(Guid.NewGuid().ToString("N"), model ?? ModelCatalog.Current.Default.Name, systemInstruction, [])
    {
    }

    internal Conversation(string id, string model, string? systemInstruction, IEnumerable<Turn> turns)
    {
        if (string.IsNullOrWhiteSpace(model))
        {
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, "The model's name is empty.") { Advice = ErrorAdvice.NameModel };
        }

        Id = id;
        Model = model;
        SystemInstruction = systemInstruction;
        _turns = [.. turns];
    }

    /// <summary>A unique id.</summary>
    public string Id { get; }

    /// <summary>The model of all turns: a signature is valid only for the model that gave it.</summary>
    public string Model { get; }

    /// <summary>The system instruction for all turns; null for none.</summary>
    public string? SystemInstruction { get; }

    /// <summary>Whether its images are sent without their metadata. Once a turn has requested it, this holds for all later turns.</summary>
    public bool StripsMetadata { get; internal set; }

    /// <summary>The turns that succeeded so far, in order.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>The full path of its first image; null before its first turn.</summary>
    public string? FirstPicture => Messages.SelectMany(message => message.Pictures).FirstOrDefault();

    /// <summary>The full path of its last image; null before its first turn.</summary>
    public string? LastPicture => Messages.SelectMany(message => message.Pictures).LastOrDefault();

    /// <summary>The folder in which its last turn was saved; null before its first turn.</summary>
    public string? LastFolder => Path.GetDirectoryName(_turns.SelectMany(turn => turn.Pictures).LastOrDefault());

    /// <summary>The number of turns, and the model.</summary>
    public override string ToString() => $"{Turns.Count} {(Turns.Count == 1 ? "turn" : "turns")} with {Model}";

    /// <summary>The messages of all turns, the user's message before the model's.</summary>
    internal IEnumerable<Message> Messages => _turns.SelectMany(turn => new[] { turn.Question, turn.Response });

    /// <summary>Returns the model of a turn.</summary>
    /// <param name="wished">The requested model; null for the model of the conversation.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if it is another model.</exception>
    public string ModelFor(string? wished) =>
        wished is null || ModelCatalog.BareName(wished) == ModelCatalog.BareName(Model)
            ? Model
            : throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The conversation is with {Model} and cannot continue with {wished}.")
            {
                Advice = ErrorAdvice.KeepModel,
            };

    /// <summary>Begins a turn; no other turn can begin until it is disposed of.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if another turn has begun and not ended.</exception>
    internal OpenTurn Begin() => Interlocked.Exchange(ref _isBusy, 1) == 0
        ? new OpenTurn(this)
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            "Another request is under way on this conversation. Wait until it has ended: each turn builds on the one before.");

    /// <summary>Whether a file is one of its images. Such a file is needed for the next turn, and must not be replaced.</summary>
    internal bool Holds(string path) =>
        Messages.Any(message => message.Pictures.Contains(path, StringComparer.OrdinalIgnoreCase));

    internal void Append(Turn turn) => _turns = [.. _turns, turn];

    internal void End() => Interlocked.Exchange(ref _isBusy, 0);
}
