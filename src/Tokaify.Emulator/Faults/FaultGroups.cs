namespace Tokaify.Emulation;

/// <summary>The groups of faults.</summary>
internal static class FaultGroups
{
    public static IReadOnlyList<EmulatorFault> Transient { get; } = From(EmulatorFault.RequestTimeout, EmulatorFault.Reset);

    public static IReadOnlyList<EmulatorFault> Permanent { get; } = From(EmulatorFault.BadRequest, EmulatorFault.DeadLink);

    public static IReadOnlyList<EmulatorFault> Odd { get; } = From(EmulatorFault.SnakeCase, EmulatorFault.Dribble);

    /// <summary>Returns the user's faults, each once, with groups replaced by their members.</summary>
    /// <exception cref="ArgumentException">A number is not a fault.</exception>
    public static IReadOnlyList<EmulatorFault> Expand(IEnumerable<EmulatorFault> faults) =>
        [.. faults.SelectMany(MembersOf).Distinct()];

    /// <summary>Whether the response has a complete image.</summary>
    public static bool IsGood(this EmulatorFault fault) => fault is >= EmulatorFault.SnakeCase and <= EmulatorFault.Dribble;

    /// <summary>Whether the response is sent before the request's body is read.</summary>
    public static bool IsEarly(this EmulatorFault fault) =>
        fault is EmulatorFault.EarlyRateLimit or EmulatorFault.EarlyUnauthorized or EmulatorFault.EarlyTooLarge;

    private static IEnumerable<EmulatorFault> MembersOf(EmulatorFault fault) => fault switch
    {
        EmulatorFault.All => Transient.Concat(Permanent).Concat(Odd),
        EmulatorFault.Transient => Transient,
        EmulatorFault.Permanent => Permanent,
        EmulatorFault.Odd => Odd,
        > EmulatorFault.Odd and <= EmulatorFault.Dribble => [fault],
        _ => throw new ArgumentException($"There is no fault {fault}.", nameof(fault)),
    };

    // The members of each group are consecutive in the enumeration.
    private static List<EmulatorFault> From(EmulatorFault first, EmulatorFault last) =>
        [.. Enumerable.Range((int)first, last - first + 1).Select(value => (EmulatorFault)value)];
}
