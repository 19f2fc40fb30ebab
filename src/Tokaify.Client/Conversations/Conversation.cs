namespace Tokaify;

/// <summary>Edits that build on each other: the model sees all that was said and shown before.</summary>
/// <remarks>It holds texts, signatures and the names of files; the images stay on the disk. One conversation is one
/// chain: a second request on it has to wait until the first has ended.</remarks>
public sealed class Conversation
{
    // Replaced as a whole when a turn has succeeded, so that a reader on another thread never sees half of one.
    private volatile Turn[] _turns;
    private int _isBusy;

    /// <summary>Begins one.</summary>
    /// <param name="model">The model's name; null for the catalogue's default.</param>
    /// <param name="systemInstruction">What holds for all turns; null for nothing.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where the model's name is empty.</exception>
    public Conversation(string? model = null, string? systemInstruction = null)
        : this(Guid.NewGuid().ToString("N"), model ?? ModelCatalog.BuiltIn.Default.Name, systemInstruction, [])
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

    /// <summary>A name that no other conversation has.</summary>
    public string Id { get; }

    /// <summary>The model that all turns go to: signatures are the business of the model that gave them.</summary>
    public string Model { get; }

    /// <summary>What holds for all turns; null for nothing.</summary>
    public string? SystemInstruction { get; }

    /// <summary>Whether metadata of its images is left out of what is sent. It stays so from the first turn that asks for it.</summary>
    public bool StripsMetadata { get; internal set; }

    /// <summary>The turns that succeeded so far, in order.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>The full path of the image it began with; null before its first turn.</summary>
    public string? FirstPicture => Messages.SelectMany(message => message.Pictures).FirstOrDefault();

    /// <summary>The full path of the image it has come to; null before its first turn.</summary>
    public string? LastPicture => Messages.SelectMany(message => message.Pictures).LastOrDefault();

    /// <summary>The folder that its last turn saved in; null before its first turn.</summary>
    public string? LastFolder => Path.GetDirectoryName(_turns.SelectMany(turn => turn.Pictures).LastOrDefault());

    /// <summary>The number of turns, and the model.</summary>
    public override string ToString() => $"{Turns.Count} {(Turns.Count == 1 ? "turn" : "turns")} with {Model}";

    /// <summary>What was said in all turns, the user's message before the model's.</summary>
    internal IEnumerable<Message> Messages => _turns.SelectMany(turn => new[] { turn.Question, turn.Response });

    /// <summary>The model of a turn.</summary>
    /// <param name="wished">The model that was asked for; null for the conversation's.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where it is another one.</exception>
    public string ModelFor(string? wished) =>
        wished is null || ModelCatalog.BareName(wished) == ModelCatalog.BareName(Model)
            ? Model
            : throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"The conversation is with {Model} and cannot go on with {wished}.")
            {
                Advice = ErrorAdvice.KeepModel,
            };

    /// <summary>Begins a turn; no other turn can begin until it is disposed of.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where another one is under way.</exception>
    internal OpenTurn Begin() => Interlocked.Exchange(ref _isBusy, 1) == 0
        ? new OpenTurn(this)
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            "Another request is under way on this conversation. Wait until it has ended: each turn builds on the one before.");

    /// <summary>Whether a file is one of its images: it is needed for the next turn, and must not be replaced.</summary>
    internal bool Holds(string path) =>
        Messages.Any(message => message.Pictures.Contains(path, StringComparer.OrdinalIgnoreCase));

    internal void Append(Turn turn) => _turns = [.. _turns, turn];

    internal void End() => Interlocked.Exchange(ref _isBusy, 0);
}
