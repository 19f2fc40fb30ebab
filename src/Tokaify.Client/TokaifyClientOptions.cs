using Tokaify.Resilience;

namespace Tokaify;

/// <summary>The options of a client.</summary>
public sealed record TokaifyClientOptions
{
    /// <summary>Attempts, waits and time limits.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>How often a request is repeated if its response has neither an image nor a refusal. Default 0.</summary>
    public int NoImageRetryCount { get; init; }

    /// <summary>The greatest length of one image, in bytes. Default 256 MB.</summary>
    public long MaximumImageLength { get; init; } = 256 * 1024 * 1024;

    /// <summary>The <c>User-Agent</c> of every request; see <see cref="Tokaify.UserAgent.Of"/>.</summary>
    public string UserAgent { get; init; } = Tokaify.UserAgent.Default;

    /// <summary>The limit for the total cost of the requests; null for no limit. As soon as a request would exceed it, no more requests are
    /// sent.</summary>
    public Budget? Budget { get; init; }

    /// <summary>The journal that receives a line for each request; null for no journal.</summary>
    public JournalWriter? Journal { get; init; }

    /// <summary>Whether prompt, model and response id are written into the images. Default: no, an image is saved byte for byte as it
    /// came.</summary>
    public bool EmbedMetadata { get; init; }

    /// <summary>Returns the text for the advice of an error, in the terms of the calling program. The text becomes part of the message,
    /// also in the journal. Null to leave the advice out.</summary>
    public Func<ErrorAdvice, string>? WordAdvice { get; init; }

    /// <summary>The catalogue for hints and tests; null for the catalogue of the environment, or the built-in one.</summary>
    internal ModelCatalog? Catalog { get; init; }

    /// <summary>The network through which links are followed; null for the system's own.</summary>
    internal LinkNetwork? LinkNetwork { get; init; }

    /// <summary>Called for problems that are not failures, on any thread.</summary>
    public Action<ClientNotice>? OnNotice { get; init; }
}
