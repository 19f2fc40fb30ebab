using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>An event of a running edit. Events are queued in the order in which they happen.</summary>
internal abstract record EditEvent
{
    private EditEvent()
    {
    }

    /// <summary>An attempt failed; another one follows.</summary>
    public sealed record Retrying(ImageEdit Edit, RetryNotice Retry) : EditEvent;

    /// <summary>A notice of the client that is not a failure.</summary>
    public sealed record Noticed(ClientNotice Notice) : EditEvent;

    /// <summary>A notice about all edits of the batch, or about all edits of a model.</summary>
    public sealed record BatchNoticed(BatchNotice Notice) : EditEvent;

    /// <summary>An edit has ended. Another one may start.</summary>
    public abstract record Ended(ImageEdit Edit) : EditEvent;

    /// <summary>An edit's images are saved.</summary>
    public sealed record Saved(ImageEdit Edit, ImageEditResult Result) : Ended(Edit);

    /// <summary>An edit was skipped after its start, because another command of this process has saved the same request.</summary>
    public sealed record Skipped(ImageEdit Edit, ImageEditResult Result) : Ended(Edit);

    /// <summary>An edit failed, after all retries.</summary>
    public sealed record Failed(ImageEdit Edit, TokaifyException Exception) : Ended(Edit);

    /// <summary>An edit was not sent, because no further edit can succeed.</summary>
    public sealed record NotSent(ImageEdit Edit) : Ended(Edit);

    /// <summary>An edit was cancelled, and its temporary files are removed.</summary>
    public sealed record Cancelled(ImageEdit Edit) : Ended(Edit);
}
