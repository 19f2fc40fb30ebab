using System.Management.Automation;
using System.Reflection;

namespace Tokaify.PowerShell;

/// <summary>The pipeline input of a command. Rows of a table are counted.</summary>
/// <param name="command">The command.</param>
internal sealed class PipelineInput(PSCmdlet command)
{
    // A command gets only the values of its parameters, not the input object. PowerShell has the object in this non-public property. If a
    // version of PowerShell lacks the property, unknown columns are not reported.
    private static readonly Func<Cmdlet, PSObject?>? s_current = FindCurrent();

    private int _number;
    private int _bound;

    /// <summary>The number of the current row, from 1; null if the input is not a table.</summary>
    public int? Row { get; private set; }

    /// <summary>The last input object, even if it was not processed because it lacks a mandatory value; null if there is none.</summary>
    public PSObject? Last { get; private set; }

    private PSObject? Current => command.MyInvocation.ExpectingInput ? s_current?.Invoke(command) : null;

    /// <summary>Records that a parameter was bound to the current object. PowerShell may refuse the object afterwards, because of another
    /// column.</summary>
    public void Bind()
    {
        if (Current is { } value && !ReferenceEquals(value, Last))
        {
            Last = value;
            _bound++;
        }
    }

    /// <summary>Moves to the next object.</summary>
    /// <param name="bringsValues">Whether the object brings values for parameters beside the source.</param>
    public void Next(bool bringsValues)
    {
        _number = Math.Max(_number + 1, _bound);
        Last = Current;
        var isRow = bringsValues || (Last is { BaseObject: PSCustomObject } value && !EarlierResultAttribute.IsResult(value));
        Row = command.MyInvocation.ExpectingInput && isRow ? _number : null;
    }

    private static Func<Cmdlet, PSObject?>? FindCurrent()
    {
        var getter = typeof(Cmdlet).BaseType?.GetProperty("CurrentPipelineObject", BindingFlags.Instance | BindingFlags.NonPublic)?.GetMethod;
        return getter is null ? null : (Func<Cmdlet, PSObject?>)Delegate.CreateDelegate(typeof(Func<Cmdlet, PSObject?>), getter, throwOnBindFailure: false)!;
    }
}
