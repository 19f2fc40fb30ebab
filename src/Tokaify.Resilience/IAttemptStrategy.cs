namespace Tokaify.Resilience;

/// <summary>One rule for attempts. A pipeline nests its strategies, and they do not know each other.</summary>
internal interface IAttemptStrategy
{
    /// <summary>Executes an attempt with the rest of the pipeline. The strategy decides when, how often and for how long.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="next">The inner strategies, with the operation itself as the innermost.</param>
    Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next);
}
