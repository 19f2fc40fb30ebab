namespace Tokaify.PowerShell;

/// <summary>The sources of one command that is a turn of a conversation: one, or none.</summary>
internal sealed class ConversationSources
{
    private bool _hasFailed;

    /// <summary>The source; null where the conversation goes on from the image it has come to.</summary>
    public string? Single { get; private set; }

    /// <summary>Whether there is anything to send. Where an image was meant to come and none did, there is no turn rather
    /// than one without it.</summary>
    /// <param name="isPipedTo">Whether something stood before the command in its pipeline.</param>
    public bool IsTurn(bool isPipedTo) => !_hasFailed && (Single is not null || !isPipedTo);

    /// <summary>Takes a source.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: there is one already.</exception>
    public void Add(string file)
    {
        if (Single is not null)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument,
                $"A conversation takes one turn after the other, and this command has two sources, '{Single}' and '{file}'. Nothing was sent.");
        }

        Single = file;
    }

    /// <summary>A source could not be found.</summary>
    public void Fail() => _hasFailed = true;
}
