using Tokaify.Resilience;

namespace Tokaify;

/// <summary>How a client goes about its requests.</summary>
public sealed record TokaifyClientOptions
{
    /// <summary>Attempts, waits and time limits.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>How often a response without an image and without a refusal is asked for again. Default 0.</summary>
    public int NoImageRetryCount { get; init; }

    /// <summary>The greatest length of one image, in bytes. Default 256 MB.</summary>
    public long MaximumImageLength { get; init; } = 256 * 1024 * 1024;

    /// <summary>The <c>User-Agent</c> of every request; see <see cref="Tokaify.UserAgent.Of"/>.</summary>
    public string UserAgent { get; init; } = Tokaify.UserAgent.Default;

    /// <summary>What the requests may cost in all; null for no limit. Where another one would pass it, none is sent any more.</summary>
    public Budget? Budget { get; init; }

    /// <summary>Where a line is written for each request as it ends; null for nowhere.</summary>
    public JournalWriter? Journal { get; init; }

    /// <summary>Whether prompt, model and response id are written into the images. Default: an image is saved byte for
    /// byte as it came.</summary>
    public bool EmbedMetadata { get; init; }

    /// <summary>Words the advice of errors, in the terms of the calling program: the words become part of the messages, also in the journal.
    /// Null to leave the advice out of them.</summary>
    public Func<ErrorAdvice, string>? WordAdvice { get; init; }

    /// <summary>How links are followed; null for the system's own way.</summary>
    internal LinkNetwork? LinkNetwork { get; init; }

    /// <summary>Hears of what did not go as it should and yet is no failure, on any thread.</summary>
    public Action<ClientNotice>? OnNotice { get; init; }
}
