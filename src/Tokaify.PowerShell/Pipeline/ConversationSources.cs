namespace Tokaify.PowerShell;

/// <summary>The sources of one command that is a turn of a conversation: one, or none.</summary>
internal sealed class ConversationSources
{
    /// <summary>The source; null where the conversation goes on from the picture it has come to.</summary>
    public string? Single { get; private set; }

    /// <summary>Whether a source could not be found: then there is no turn, rather than one without its picture.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Takes a source.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: there is one already.</exception>
    public string Add(string file) => Single is null
        ? Single = file
        : throw new TokaifyException(
            TokaifyErrorId.InvalidArgument,
            $"A conversation takes one turn after the other, and this command has two sources, '{Single}' and '{file}'. Nothing was sent.");

    /// <summary>A source could not be found.</summary>
    public void Fail() => HasFailed = true;
}
