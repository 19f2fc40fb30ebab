namespace Tokaify.Resilience;

/// <summary>One rule about attempts. A pipeline nests its strategies, and none of them knows another.</summary>
internal interface IAttemptStrategy
{
    /// <summary>Has an attempt made by the rest of the pipeline: when, how often and for how long is this strategy's rule.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="next">The strategies inside this one, and innermost the operation itself.</param>
    Task<T> ExecuteAsync<T>(Attempt attempt, Func<Attempt, Task<T>> next);
}
