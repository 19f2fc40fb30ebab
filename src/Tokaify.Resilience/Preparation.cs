namespace Tokaify.Resilience;

/// <summary>Calls the preparation of an operation before each attempt. Its time does not count towards the time limit of the
/// attempt.</summary>
internal sealed class Preparation : IAttemptStrategy
{
    /// <inheritdoc/>
    public Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next) =>
        attempt.Prepare is null ? next(attempt) : PrepareAsync(attempt, next);

    private static async Task<T> PrepareAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next)
    {
        await attempt.Prepare!(attempt.Cancellation).ConfigureAwait(false);
        return await next(attempt).ConfigureAwait(false);
    }
}
