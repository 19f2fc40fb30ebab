using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>Makes the error that a batch ends with before all of it was tried: the cause, what became of the batch, how to go on.</summary>
/// <param name="tally">What became of it.</param>
/// <param name="howToGoOn">What to run then, as the end of a sentence.</param>
internal sealed class BatchEnd(BatchTally tally, string howToGoOn)
{
    // As sysexits.h has them: EX_TEMPFAIL, EX_CONFIG.
    private const int StartAgain = 75;
    private const int PutRightFirst = 78;

    /// <summary>The error where nothing can succeed any more.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="isAllOfInput">Whether all of the input was received.</param>
    public TokaifyException Of(TokaifyException cause, bool isAllOfInput) => Make(cause, Text(
        $"The batch ends here: {tally.Saved} saved, {tally.Failed} failed, {tally.NotTried} received but not tried")
        + (isAllOfInput ? "." : "; the rest of the input was not read.")
        // Requests that were in flight when the limit was reached have ended by now.
        + (cause.ErrorId == TokaifyErrorId.BudgetReached ? $" {tally.Budget?.Describe()}" : ""));

    /// <summary>The error where edits of one model cannot succeed any more, and others could.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="model">The model.</param>
    /// <param name="notTried">The number of its edits that were not tried.</param>
    public TokaifyException Of(TokaifyException cause, string model, int notTried) => Make(cause, Text(
        $"Of what was asked of {model}, {notTried} {(notTried == 1 ? "was" : "were")} not tried; other models were not affected."));

    /// <summary>The message if the user has stopped it.</summary>
    /// <param name="cancelled">The number of edits that did not come to an end.</param>
    public string OfStop(int cancelled) => Text($"Stopped: {tally.Saved} saved, {tally.Failed} failed, {cancelled} cancelled")
        + (cancelled > 0 ? ", which may have been billed" : "")
        + (tally.Cost.Text is { } cost ? $"; {cost}{(tally.Cost.HasListPrices ? " at list prices" : "")} without what was cancelled" : "")
        + $". {char.ToUpperInvariant(howToGoOn[0])}{howToGoOn.Substring(1)}";

    // Without the name of the image that met it: it is about all of them.
    private TokaifyException Make(TokaifyException cause, string outcome)
    {
        var mayStartAgain = cause.IsTransient;
        return new TokaifyException(cause.ErrorId, $"{cause.Statement} {outcome} {When(cause, mayStartAgain)}, {howToGoOn}", cause)
        {
            StatusCode = cause.StatusCode,
            Code = cause.Code,
            RequestId = cause.RequestId,
            ResponseText = cause.ResponseText,
            RetryAt = cause.RetryAt,
            ExitCode = mayStartAgain ? StartAgain : PutRightFirst,
        };
    }

    private static string When(TokaifyException cause, bool mayStartAgain) =>
        cause.RetryAt is { } moment ? $"After {WaitText.Of(moment)}"
        : mayStartAgain ? "Later"
        : cause.ErrorId == TokaifyErrorId.BudgetReached ? "With a greater -MaximumCost"
        : "When that is put right";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The batch has ended before all of it was tried.</summary>
/// <param name="error">What the command ends with.</param>
internal sealed class BatchEndedException(TokaifyException error) : Exception(error.Message)
{
    /// <summary>What the command ends with.</summary>
    public TokaifyException Error { get; } = error;
}
