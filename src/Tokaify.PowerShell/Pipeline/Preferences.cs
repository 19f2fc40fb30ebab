using System.Management.Automation;
using System.Reflection;

namespace Tokaify.PowerShell;

/// <summary>The user's preferences for output and confirmation: a common parameter if it is given, else the preference variable of the
/// calling function or module.</summary>
/// <remarks>PowerShell applies the preferences itself when a command writes or asks. They are read here once, when the command begins, so
/// that messages which are not shown are not built. If a variable has an invalid value, PowerShell has to handle it: then all output is
/// on.</remarks>
internal sealed class Preferences(PSCmdlet command)
{
    /// <summary>Whether the command is a dry run.</summary>
    public bool IsWhatIf => Switch("WhatIf") ?? LanguagePrimitives.IsTrue(command.GetVariableValue("WhatIfPreference"));

    /// <summary>Whether verbose messages are shown.</summary>
    // -Debug turns them on as well.
    public bool IsVerbose => Switch("Verbose") ?? (Switch("Debug") == true || IsShown(command.GetVariableValue("VerbosePreference")));

    /// <summary>Whether warnings are shown.</summary>
    public bool ShowsWarnings => IsShown(
        Given.TryGetValue("WarningAction", out var action) ? action : command.GetVariableValue("WarningPreference"));

    /// <summary>Whether a progress bar is shown.</summary>
    // -ProgressAction, of PowerShell 7.4 and later, sets no variable.
    public bool ShowsProgress => IsShown(
        Given.TryGetValue("ProgressAction", out var action) ? action : command.GetVariableValue("ProgressPreference"));

    /// <summary>Whether <c>ShouldProcess</c> asks the user.</summary>
    public bool Asks => Switch("Confirm") ?? IsThreshold(command.GetVariableValue("ConfirmPreference"));

    private Dictionary<string, object> Given => command.MyInvocation.BoundParameters;

    private bool? Switch(string name) => Given.TryGetValue(name, out var value) ? value is SwitchParameter { IsPresent: true } : null;

    private bool IsThreshold(object? preference) =>
        !LanguagePrimitives.TryConvertTo<ConfirmImpact>(preference, out var threshold)
        || (threshold != ConfirmImpact.None && threshold <= command.GetType().GetCustomAttribute<CmdletAttribute>()!.ConfirmImpact);

    private static bool IsShown(object? preference) =>
        !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action)
        || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
