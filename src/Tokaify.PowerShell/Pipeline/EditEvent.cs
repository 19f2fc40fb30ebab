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

    /// <summary>The client tells something that is no failure.</summary>
    public sealed record Noticed(ClientNotice Notice) : EditEvent;

    /// <summary>Something concerns all edits, or those of a model.</summary>
    public sealed record Concerned(BatchNotice Notice) : EditEvent;

    /// <summary>An edit has ended, and there is room for another one.</summary>
    public abstract record Ended(ImageEdit Edit) : EditEvent;

    /// <summary>An edit's images are saved.</summary>
    public sealed record Saved(ImageEdit Edit, ImageEditResult Result) : Ended(Edit);

    /// <summary>An edit is left out after all: another command of this process has saved the same.</summary>
    public sealed record Skipped(ImageEdit Edit, ImageEditResult Result) : Ended(Edit);

    /// <summary>An edit failed for good.</summary>
    public sealed record Failed(ImageEdit Edit, TokaifyException Exception) : Ended(Edit);

    /// <summary>An edit was not sent, because none can succeed any more.</summary>
    public sealed record NotSent(ImageEdit Edit) : Ended(Edit);

    /// <summary>An edit was cancelled; nothing of it is left.</summary>
    public sealed record Cancelled(ImageEdit Edit) : Ended(Edit);
}
