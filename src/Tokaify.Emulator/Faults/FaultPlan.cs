using System.Globalization;

namespace Tokaify.Emulation;

/// <summary>Which edit meets which fault. A seed and an edit's number decide, so that a run can be repeated.</summary>
internal sealed class FaultPlan(EmulatorOptions options)
{
    private readonly IReadOnlyList<EmulatorFault> _faults = FaultGroups.Expand(options.Faults);
    private long _edits;

    /// <summary>The lot of the next edit.</summary>
    public EditLot Next()
    {
        var number = Interlocked.Increment(ref _edits);
        var chance = new Chance(Digest.Of(string.Format(CultureInfo.InvariantCulture, "fault {0} {1}", options.FaultSeed, number)));
        var isFaulty = chance.Next() < options.FaultRate && _faults.Count > 0;
        return new EditLot(number, isFaulty ? _faults[chance.Pick(_faults.Count)] : null, chance);
    }
}

/// <summary>What an edit has drawn.</summary>
/// <param name="Number">Its number among the edits, from 1.</param>
/// <param name="Fault">The fault it meets; null for none.</param>
/// <param name="Chance">Decides the fault's particulars.</param>
internal sealed record EditLot(long Number, EmulatorFault? Fault, Chance Chance);
