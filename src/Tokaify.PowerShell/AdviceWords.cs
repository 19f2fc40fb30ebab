namespace Tokaify.PowerShell;

/// <summary>The texts for the advice of errors. They name commands and parameters, which the client does not know.</summary>
/// <param name="context">The connection of the command; null if it is not known.</param>
/// <param name="parametersOfProfile">The names of the parameters whose values come from the connection's profile.</param>
internal sealed class AdviceWords(TokaifyContext? context = null, IReadOnlyCollection<string>? parametersOfProfile = null)
{
    private readonly TokaifyProfile? _profile = context?.Settings;

    /// <summary>The name of a parameter, and the profile if its value comes from there.</summary>
    public string NameOf(string parameter) =>
        IsOfProfile(parameter) ? $"-{parameter}, which the profile '{_profile!.Name}' sets" : $"-{parameter}";

    /// <summary>Returns the text for a kind of advice.</summary>
    public string Of(ErrorAdvice advice) => advice switch
    {
        ErrorAdvice.GiveKey when _profile is not null => GiveKeyOf(_profile),
        ErrorAdvice.GiveKey =>
            "Set TOKAIFY_API_KEY, or run Connect-Tokaify, or use -ApiKey; to try things out without one, run Start-TokaifyEmulator.",
        ErrorAdvice.CheckKey when context is { HasKeyOfProfile: true } =>
            $"Check the secret '{_profile!.SecretName}' of the profile '{_profile.Name}'; Connect-Tokaify -Profile {_profile.Name} reads it again.",
        ErrorAdvice.CheckKey => $"Check {context?.KeyOrigin ?? "TOKAIFY_API_KEY, Connect-Tokaify or -ApiKey"}.",
        ErrorAdvice.UseHttps => "Use https, or allow it with -AllowUnencryptedAuthentication.",
        ErrorAdvice.GiveProxyCredential => "Give its credentials with -ProxyCredential.",
        ErrorAdvice.NameModel => "Get-TokaifyModel lists the known ones.",
        ErrorAdvice.CheckModel when _profile is not null && TokaifyContext.Of(_profile).BaseUri == context!.BaseUri =>
            $"Get-TokaifyModel lists the models; check -Model and the address of the profile '{_profile.Name}'.",
        ErrorAdvice.CheckModel => "Get-TokaifyModel lists the models; check -Model and -BaseUri.",
        ErrorAdvice.ChangeModel => "Choose another -Model, or use a key that may use this one.",
        ErrorAdvice.KeepModel => "Leave -Model out, or begin another conversation.",
        ErrorAdvice.SendFewer => $"Lower {NameOf(nameof(BatchCommand.ThrottleLimit))}, or try again later.",
        ErrorAdvice.RaiseTimeout => $"Allow more time with {NameOf(nameof(BatchCommand.TimeoutSec))}.",
        ErrorAdvice.MakeRoom => "Free space, check permissions, or choose another -Destination.",
        ErrorAdvice.NameFolder => "Give a folder with -Destination; a missing folder is created.",
        ErrorAdvice.NameFolderApart => "Name the folder with -Destination.",
        ErrorAdvice.NameFiles => "Name its files: Get-ChildItem -File, or a wildcard.",
        ErrorAdvice.RaiseBudget => "Give -MaximumCost 0 or more.",
        ErrorAdvice.LeaveBudgetOut when IsOfProfile(nameof(BatchCommand.MaximumCost)) =>
            $"Or remove the maximum cost from the profile '{_profile!.Name}': Set-TokaifyProfile {_profile.Name} -MaximumCost $null.",
        ErrorAdvice.LeaveBudgetOut => "Or leave -MaximumCost out.",
        ErrorAdvice.SeparateCurrencies => "Or run the models of each currency with a separate command, -MaximumCost and journal.",
        ErrorAdvice.NameConversationFile => "Save-TokaifyConversation writes such files.",
        ErrorAdvice.ConvertJournal =>
            "'>' of Windows PowerShell writes UTF-16. Convert the journal to UTF-8: (Get-Content <old>) | Out-File <new> -Encoding utf8.",
        _ => throw new ArgumentOutOfRangeException(nameof(advice)),
    };

    /// <summary>Says how to get a key for a profile. The environment's key is not used with it.</summary>
    public static string GiveKeyOf(TokaifyProfile profile) =>
        $"Name the secret: Set-TokaifyProfile {profile.Name} -SecretName. Or give -ApiKey.";

    private bool IsOfProfile(string parameter) => _profile is not null && parametersOfProfile?.Contains(parameter) == true;
}

/// <summary>Extensions for the advice of errors.</summary>
internal static class AdvisedErrors
{
    /// <summary>Adds the text of the advice to the message of an error, unless it has one, and returns the error.</summary>
    public static TokaifyException Worded(this TokaifyException exception, Func<ErrorAdvice, string>? words)
    {
        if (exception.AdviceText is null)
        {
            exception.WordAdvice(words);
        }

        return exception;
    }
}
