namespace Tokaify.Emulation;

/// <summary>Which faults are of which kind.</summary>
internal static class FaultGroups
{
    public static IReadOnlyList<EmulatorFault> Transient { get; } = From(EmulatorFault.RequestTimeout, EmulatorFault.Reset);

    public static IReadOnlyList<EmulatorFault> Permanent { get; } = From(EmulatorFault.BadRequest, EmulatorFault.DeadLink);

    public static IReadOnlyList<EmulatorFault> Odd { get; } = From(EmulatorFault.SnakeCase, EmulatorFault.Dribble);

    /// <summary>The faults a user named, each once, groups replaced by their members.</summary>
    /// <exception cref="ArgumentException">A number that stands for none.</exception>
    public static IReadOnlyList<EmulatorFault> Expand(IEnumerable<EmulatorFault> faults) =>
        [.. faults.SelectMany(MembersOf).Distinct()];

    /// <summary>Whether the response holds an image, whole and for the taking.</summary>
    public static bool IsGood(this EmulatorFault fault) => fault is >= EmulatorFault.SnakeCase and <= EmulatorFault.Dribble;

    /// <summary>Whether the response comes before the request's body is read.</summary>
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

    // The enumeration stands in groups.
    private static List<EmulatorFault> From(EmulatorFault first, EmulatorFault last) =>
        [.. Enumerable.Range((int)first, last - first + 1).Select(value => (EmulatorFault)value)];
}
