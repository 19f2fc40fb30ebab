namespace Tokaify.PowerShell;

/// <summary>The texts for the advice of errors. They name commands and parameters, which the client does not know.</summary>
internal static class AdviceWords
{
    /// <summary>Adds the text of the advice to the message of an error, and returns the error.</summary>
    public static TokaifyException Worded(this TokaifyException exception)
    {
        exception.WordAdvice(Of);
        return exception;
    }

    /// <summary>Returns the text for a kind of advice.</summary>
    public static string Of(ErrorAdvice advice) => advice switch
    {
        ErrorAdvice.GiveKey =>
            "Set TOKAIFY_API_KEY, or run Connect-Tokaify, or use -ApiKey; to try things out without one, run Start-TokaifyEmulator.",
        ErrorAdvice.CheckKey => "Check TOKAIFY_API_KEY, Connect-Tokaify or -ApiKey.",
        ErrorAdvice.UseHttps => "Use https, or allow it with -AllowUnencryptedAuthentication.",
        ErrorAdvice.GiveProxyCredential => "Give its credentials with -ProxyCredential.",
        ErrorAdvice.NameModel => "Get-TokaifyModel lists the known ones.",
        ErrorAdvice.CheckModel => "Get-TokaifyModel lists the models; check -Model and -BaseUri.",
        ErrorAdvice.KeepModel => "Leave -Model out, or begin another conversation.",
        ErrorAdvice.SendFewer => "Lower -ThrottleLimit, or try again later.",
        ErrorAdvice.RaiseTimeout => "Allow more time with -TimeoutSec.",
        ErrorAdvice.MakeRoom => "Free space, check permissions, or choose another -Destination.",
        ErrorAdvice.NameFolder => "Give a folder with -Destination; a missing folder is created.",
        ErrorAdvice.NameFolderApart => "Name the folder with -Destination.",
        ErrorAdvice.NameFiles => "Name its files: Get-ChildItem -File, or a wildcard.",
        ErrorAdvice.RaiseBudget => "Give -MaximumCost 0 or more.",
        ErrorAdvice.LeaveBudgetOut => "Or leave -MaximumCost out.",
        ErrorAdvice.SeparateCurrencies => "Or run the models of each currency with a separate command, -MaximumCost and journal.",
        ErrorAdvice.NameConversationFile => "Save-TokaifyConversation writes such files.",
        ErrorAdvice.ConvertJournal =>
            "'>' of Windows PowerShell writes UTF-16. Convert the journal to UTF-8: (Get-Content <old>) | Out-File <new> -Encoding utf8.",
        _ => throw new ArgumentOutOfRangeException(nameof(advice)),
    };
}
