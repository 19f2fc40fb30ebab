using System.Globalization;

namespace Tokaify.Emulation;

/// <summary>Selects the fault of each edit by a seed and the edit's number, so that a run can be repeated.</summary>
internal sealed class FaultPlan(EmulatorOptions options)
{
    private readonly IReadOnlyList<EmulatorFault> _faults = FaultGroups.Expand(options.Faults);
    private readonly bool _hasEarly = FaultGroups.Expand(options.Faults).Any(fault => fault.IsEarly());
    private long _edits;

    /// <summary>Draws the fault of the next edit.</summary>
    public EditLot Next() => LotOf(Interlocked.Increment(ref _edits));

    /// <summary>Draws the fault of the next edit, if its response is sent before the body is read. Otherwise returns null and draws
    /// nothing.</summary>
    public EditLot? NextIfEarly()
    {
        while (_hasEarly)
        {
            var drawn = Interlocked.Read(ref _edits);
            var lot = LotOf(drawn + 1);
            if (lot.Fault?.IsEarly() != true)
            {
                return null;
            }

            if (Interlocked.CompareExchange(ref _edits, drawn + 1, drawn) == drawn)
            {
                return lot;
            }
        }

        return null;
    }

    private EditLot LotOf(long number)
    {
        var chance = new Chance(Digest.Of(string.Format(CultureInfo.InvariantCulture, "fault {0} {1}", options.FaultSeed, number)));
        var isFaulty = chance.Next() < options.FaultRate && _faults.Count > 0;
        return new EditLot(number, isFaulty ? _faults[chance.Pick(_faults.Count)] : null, chance);
    }
}

/// <summary>The result of a draw for an edit.</summary>
/// <param name="Number">The edit's number, from 1.</param>
/// <param name="Fault">The fault; null for none.</param>
/// <param name="Chance">The random numbers for the fault's details.</param>
internal sealed record EditLot(long Number, EmulatorFault? Fault, Chance Chance);
