namespace Tokaify.PowerShell;

/// <summary>The words for the advice of errors: what to run, and with which parameters. The client knows neither.</summary>
internal static class AdviceWords
{
    /// <summary>The error with its advice in its message.</summary>
    public static TokaifyException Worded(this TokaifyException exception)
    {
        exception.WordAdvice(Of);
        return exception;
    }

    /// <summary>The words for a kind of advice.</summary>
    public static string Of(ErrorAdvice advice) => advice switch
    {
        ErrorAdvice.GiveKey =>
            "Set TOKAIFY_API_KEY, or run Connect-Tokaify, or use -ApiKey; to try things out without one, run Start-TokaifyEmulator.",
        ErrorAdvice.CheckKey => "Check TOKAIFY_API_KEY, Connect-Tokaify or -ApiKey.",
        ErrorAdvice.UseHttps => "Use https, or allow it with -AllowUnencryptedAuthentication.",
        ErrorAdvice.GiveProxyCredential => "Say it with -ProxyCredential.",
        ErrorAdvice.NameModel => "Get-TokaifyModel lists the known ones.",
        ErrorAdvice.CheckModel => "Get-TokaifyModel lists the models; check -Model and -BaseUri.",
        ErrorAdvice.KeepModel => "Leave -Model out, or begin another conversation.",
        ErrorAdvice.SendFewer => "Lower -ThrottleLimit, or try again later.",
        ErrorAdvice.RaiseTimeout => "Allow more time with -TimeoutSec.",
        ErrorAdvice.MakeRoom => "Free space, check permissions, or choose another -Destination.",
        ErrorAdvice.NameFolder => "Name a folder with -Destination; one that is missing is made.",
        ErrorAdvice.NameFolderApart => "Name the folder with -Destination.",
        ErrorAdvice.NameFiles => "Name its files: Get-ChildItem -File, or a wildcard.",
        ErrorAdvice.RaiseBudget => "Give -MaximumCost 0 or more.",
        ErrorAdvice.LeaveBudgetOut => "Or leave -MaximumCost out.",
        ErrorAdvice.SeparateCurrencies => "Or run the models of each currency with a command, a -MaximumCost and a journal of their own.",
        ErrorAdvice.NameConversationFile => "Save-TokaifyConversation writes such files.",
        ErrorAdvice.ConvertJournal =>
            "'>' of Windows PowerShell writes UTF-16. Convert the journal to UTF-8: (Get-Content <old>) | Out-File <new> -Encoding utf8.",
        _ => throw new ArgumentOutOfRangeException(nameof(advice)),
    };
}
