using System.Globalization;

namespace Tokaify.Emulation;

/// <summary>Which edit meets which fault. A seed and an edit's number decide, so that a run can be repeated.</summary>
internal sealed class FaultPlan(EmulatorOptions options)
{
    private readonly IReadOnlyList<EmulatorFault> _faults = FaultGroups.Expand(options.Faults);
    private readonly bool _hasEarly = FaultGroups.Expand(options.Faults).Any(fault => fault.IsEarly());
    private long _edits;

    /// <summary>The lot of the next edit.</summary>
    public EditLot Next() => LotOf(Interlocked.Increment(ref _edits));

    /// <summary>The lot of the next edit, if it is answered before its body is read; null if it is not, and is still to be drawn.</summary>
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

/// <summary>What an edit has drawn.</summary>
/// <param name="Number">Its number among the edits, from 1.</param>
/// <param name="Fault">The fault it meets; null for none.</param>
/// <param name="Chance">Decides the fault's particulars.</param>
internal sealed record EditLot(long Number, EmulatorFault? Fault, Chance Chance);
