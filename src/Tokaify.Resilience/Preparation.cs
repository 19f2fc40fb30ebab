namespace Tokaify.Resilience;

/// <summary>Has an operation do what comes before each of its attempts, and is no part of the time that an attempt may take.</summary>
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
