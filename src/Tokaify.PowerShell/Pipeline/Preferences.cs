using System.Management.Automation;
using System.Reflection;

namespace Tokaify.PowerShell;

/// <summary>The user's preferences for output and confirmation.</summary>
internal sealed record Preferences
{
    /// <summary>Whether the command is a dry run.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>Whether verbose messages are shown.</summary>
    public bool IsVerbose { get; init; }

    /// <summary>Whether warnings are shown.</summary>
    public bool ShowsWarnings { get; init; }

    /// <summary>Whether a progress bar is shown.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Whether <c>ShouldProcess</c> asks the user.</summary>
    public bool Asks { get; init; }

    /// <summary>Reads them: a common parameter if it is given, else the preference variable of the calling function or module.</summary>
    /// <remarks>PowerShell applies the preferences itself when a command writes or asks. They are read here once, when the command begins,
    /// so that messages which are not shown are not built. If a variable has an invalid value, PowerShell has to handle it: then all output
    /// is on.</remarks>
    public static Preferences Of(PSCmdlet command)
    {
        var given = command.MyInvocation.BoundParameters;
        return new Preferences
        {
            IsWhatIf = Switch("WhatIf") ?? LanguagePrimitives.IsTrue(command.GetVariableValue("WhatIfPreference")),
            // -Debug turns them on as well.
            IsVerbose = Switch("Verbose") ?? (Switch("Debug") == true || IsShown(command.GetVariableValue("VerbosePreference"))),
            ShowsWarnings = IsShown(ActionOf("WarningAction", "WarningPreference")),
            // -ProgressAction, of PowerShell 7.4 and later, sets no variable.
            ShowsProgress = IsShown(ActionOf("ProgressAction", "ProgressPreference")),
            Asks = Switch("Confirm") ?? IsThreshold(command, command.GetVariableValue("ConfirmPreference")),
        };

        bool? Switch(string name) => given.TryGetValue(name, out var value) ? value is SwitchParameter { IsPresent: true } : null;

        object? ActionOf(string parameter, string variable) =>
            given.TryGetValue(parameter, out var action) ? action : command.GetVariableValue(variable);
    }

    private static bool IsThreshold(PSCmdlet command, object? preference) =>
        !LanguagePrimitives.TryConvertTo<ConfirmImpact>(preference, out var threshold)
        || (threshold != ConfirmImpact.None && threshold <= command.GetType().GetCustomAttribute<CmdletAttribute>()!.ConfirmImpact);

    private static bool IsShown(object? preference) =>
        !LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action)
        || action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
}
