using System.Management.Automation;
using System.Reflection;

namespace Tokaify.PowerShell;

/// <summary>The objects that come to a command through the pipeline. If they are rows of a table, they are counted.</summary>
/// <param name="command">The command.</param>
internal sealed class PipelineInput(PSCmdlet command)
{
    // A command gets the values of its parameters only, never the object that they were read off. PowerShell has it in this property,
    // which is its own: where a version does not have it, columns are not looked at.
    private static readonly Func<Cmdlet, PSObject?>? s_current = FindCurrent();

    private int _number;
    private int _bound;

    /// <summary>The number of the row that is being processed, from 1; null if it is not of a table.</summary>
    public int? Row { get; private set; }

    /// <summary>The object that came last, also if it lacked what a parameter needs and was not processed; null for none.</summary>
    public PSObject? Last { get; private set; }

    private PSObject? Current => command.MyInvocation.ExpectingInput ? s_current?.Invoke(command) : null;

    /// <summary>A parameter is bound to the object that has come. PowerShell may refuse the object afterwards, for another column.</summary>
    public void Bind()
    {
        if (Current is { } value && !ReferenceEquals(value, Last))
        {
            Last = value;
            _bound++;
        }
    }

    /// <summary>Goes on to the next object.</summary>
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
