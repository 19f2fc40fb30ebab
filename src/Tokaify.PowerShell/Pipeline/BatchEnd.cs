using System.Globalization;

namespace Tokaify.PowerShell;

/// <summary>Creates the error of a batch that ends early: the cause, the counts of the batch, and how to continue.</summary>
/// <param name="tally">The counts of the batch.</param>
/// <param name="howToGoOn">How to continue, as the end of a sentence.</param>
internal sealed class BatchEnd(BatchTally tally, string howToGoOn)
{
    // Exit codes of sysexits.h: EX_TEMPFAIL, EX_CONFIG.
    private const int TemporaryFailure = 75;
    private const int ConfigurationError = 78;

    /// <summary>The parameter that limits the cost, as messages name it.</summary>
    public string LimitName { get; init; } = "-MaximumCost";

    /// <summary>The error if no further request can succeed.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="isAllOfInput">Whether all of the input was received.</param>
    public TokaifyException Of(TokaifyException cause, bool isAllOfInput) => Make(cause, Text(
        $"The batch ends here: {tally.Saved} saved, {tally.Failed} failed, {tally.NotTried} received but not tried")
        + (isAllOfInput ? "." : "; the rest of the input was not read.")
        // Requests that were in flight when the limit was reached have ended now, and are counted.
        + (cause.ErrorId == TokaifyErrorId.BudgetReached ? $" {tally.Budget?.Describe()}" : ""));

    /// <summary>The error if edits of one model can no longer succeed, but those of other models can.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="model">The model.</param>
    /// <param name="notTried">The number of its edits that were not tried.</param>
    public TokaifyException Of(TokaifyException cause, string model, int notTried) => Make(cause, Text(
        $"Of what was asked of {model}, {notTried} {(notTried == 1 ? "was" : "were")} not tried; other models were not affected."));

    /// <summary>The message for a batch that the user has stopped.</summary>
    /// <param name="cancelled">The number of edits that did not end.</param>
    public string OfStop(int cancelled) => Text($"Stopped: {tally.Saved} saved, {tally.Failed} failed, {cancelled} cancelled")
        + (cancelled > 0 ? ", which may have been billed" : "")
        + (tally.Cost.Text is { } cost ? $"; {cost}{(tally.Cost.HasListPrices ? " at list prices" : "")} without what was cancelled" : "")
        + $". {char.ToUpperInvariant(howToGoOn[0])}{howToGoOn.Substring(1)}";

    // The message does not name the image of the cause, because it is about the whole batch.
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
            IsOfModel = cause.IsOfModel,
            ExitCode = mayStartAgain ? TemporaryFailure : ConfigurationError,
        };
    }

    private string When(TokaifyException cause, bool mayStartAgain) =>
        cause.RetryAt is { } moment ? $"After {WaitText.Of(moment)}"
        : mayStartAgain ? "Later"
        : cause.ErrorId == TokaifyErrorId.BudgetReached ? $"With a greater {LimitName}"
        : "When that is put right";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The batch has ended before all of its requests were tried.</summary>
/// <param name="error">The error that ends the command.</param>
internal sealed class BatchEndedException(TokaifyException error) : Exception(error.Message)
{
    /// <summary>The error that ends the command.</summary>
    public TokaifyException Error { get; } = error;
}
