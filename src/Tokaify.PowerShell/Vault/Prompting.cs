namespace Tokaify.PowerShell;

/// <summary>Determines whether a session can prompt its user.</summary>
internal static class Prompting
{
    // Hosts that cannot ask the user: those of jobs and remote sessions, and of runspaces without a host.
    private static readonly string[] s_silentHosts = ["ServerRemoteHost", "Default Host"];

    private static readonly string[] s_scriptSwitches = ["file", "command", "commandwithargs", "encodedcommand"];

    /// <summary>Whether this process can prompt.</summary>
    /// <param name="host">The name of the session's host.</param>
    public static bool IsPossible(string host) =>
        IsPossible(host, Environment.GetCommandLineArgs(), Environment.UserInteractive, Console.IsInputRedirected);

    /// <summary>The same, from the properties of a session.</summary>
    /// <param name="host">The name of the host.</param>
    /// <param name="commandLine">The command line of the process.</param>
    /// <param name="isInteractive">Whether the process has a desktop: on Windows, services and many scheduled tasks have none.</param>
    /// <param name="isInputRedirected">Whether the standard input is not a terminal. Only the console's host reads it.</param>
    internal static bool IsPossible(string host, IEnumerable<string> commandLine, bool isInteractive, bool isInputRedirected) =>
        isInteractive
        && !s_silentHosts.Contains(host)
        && !(host == "ConsoleHost" && (isInputRedirected || commandLine.Skip(1).TakeWhile(each => !BeginsScript(each)).Any(IsNonInteractive)));

    // PowerShell accepts abbreviated switches. Arguments after a script are those of the script.
    private static bool BeginsScript(string argument) =>
        SwitchOf(argument) is { Length: > 0 } name && s_scriptSwitches.Any(each => each.StartsWith(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsNonInteractive(string argument) =>
        SwitchOf(argument) is { Length: > 3 } name && "noninteractive".StartsWith(name, StringComparison.OrdinalIgnoreCase);

    private static string? SwitchOf(string argument) =>
        argument.Length > 1 && argument[0] is '-' or '/' ? argument.TrimStart('-', '/') : null;
}
