using System.Management.Automation;
using System.Reflection;

namespace Tokaify.PowerShell;

/// <summary>What the user wants to see of a command and be asked by it: a common parameter where it is given, else the preference
/// variable, of the function or the module that calls.</summary>
/// <remarks>PowerShell looks at these itself where a command writes or asks. They are looked at here once, when the command begins,
/// so that it does not build messages that are not shown. Where a variable holds no such preference, it is for PowerShell to say what that
/// means: then everything is wanted.</remarks>
internal sealed class Preferences(PSCmdlet command)
{
    /// <summary>Whether the command only says what it would do.</summary>
    public bool IsWhatIf => Switch("WhatIf") ?? LanguagePrimitives.IsTrue(command.GetVariableValue("WhatIfPreference"));

    /// <summary>Whether verbose lines are heard.</summary>
    // -Debug, too, brings them.
    public bool IsVerbose => Switch("Verbose") ?? (Switch("Debug") == true || IsHeard(command.GetVariableValue("VerbosePreference")));

    /// <summary>Whether warnings are heard.</summary>
    public bool HearsWarnings => IsHeard(
        Given.TryGetValue("WarningAction", out var action) ? action : command.GetVariableValue("WarningPreference"));

    /// <summary>Whether a progress bar is seen.</summary>
    // -ProgressAction, of PowerShell 7.4 and later, sets no variable.
    public bool ShowsProgress => IsHeard(
        Given.TryGetValue("ProgressAction", out var action) ? action : command.GetVariableValue("ProgressPreference"));

    /// <summary>Whether <c>ShouldProcess</c> asks the user.</summary>
    public bool Asks => Switch("Confirm") ?? IsThreshold(command.GetVariableValue("ConfirmPreference"));

    private Dictionary<string, object> Given => command.MyInvocation.BoundParameters;

    private bool? Switch(string name) => Given.TryGetValue(name, out var value) ? value is SwitchParameter { IsPresent: true } : null;

    private bool IsThreshold(object? preference) =>
        !LanguagePrimitives.TryConvertTo<ConfirmImpact>(preference, out var threshold)
        || (threshold != ConfirmImpact.None && threshold <= command.GetType().GetCustomAttribute<CmdletAttribute>()!.ConfirmImpact);

    private static bool IsHeard(object? preference) =>
        !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action)
        || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
