namespace Tokaify.Resilience;

/// <summary>An attempt was not made, because none can succeed any more; <see cref="RetryPipeline.EndOf"/> knows why.</summary>
/// <remarks>An operation ends in it only if none of its attempts was made: else it ends in the error of the last one.</remarks>
#pragma warning disable CA1032 // It says nothing but that it happened.
public sealed class AttemptRefusedException : Exception
#pragma warning restore CA1032
{
    /// <summary>Makes one.</summary>
    public AttemptRefusedException()
        : base("No attempt was made: none can succeed any more.")
    {
    }
}
