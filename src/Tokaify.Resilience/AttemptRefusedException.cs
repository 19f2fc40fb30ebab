namespace Tokaify.Resilience;

/// <summary>An attempt was not made, because no attempt can succeed any more; <see cref="RetryPipeline.EndOf"/> returns the
/// reason.</summary>
/// <remarks>An operation throws it only if it made no attempt. Otherwise it throws the error of its last attempt.</remarks>
#pragma warning disable CA1032 // It has a fixed message and no cause.
public sealed class AttemptRefusedException : Exception
#pragma warning restore CA1032
{
    /// <summary>Creates the exception.</summary>
    public AttemptRefusedException()
        : base("No attempt was made, because no attempt can succeed any more.")
    {
    }
}
