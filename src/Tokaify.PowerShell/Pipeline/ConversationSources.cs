namespace Tokaify.PowerShell;

/// <summary>The source of a command that is a turn of a conversation: one, or none.</summary>
internal sealed class ConversationSources
{
    private bool _hasFailed;

    /// <summary>The source; null if the turn continues from the conversation's last image.</summary>
    public string? Single { get; private set; }

    /// <summary>Whether there is a turn to send. If a source was expected and did not arrive, the turn is not sent without it.</summary>
    /// <param name="isPipedTo">Whether the command takes input from a pipeline.</param>
    public bool IsTurn(bool isPipedTo) => !_hasFailed && (Single is not null || !isPipedTo);

    /// <summary>Sets the source.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: there is a source already.</exception>
    public void Add(string file)
    {
        if (Single is not null)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"A turn of a conversation takes one source, and this command has two, '{Single}' and '{file}'. Nothing was sent. "
                + "Run the turns one by one.");
        }

        Single = file;
    }

    /// <summary>Records that a source could not be found.</summary>
    public void Fail() => _hasFailed = true;
}
