using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>Removes private data from texts for a public report: secrets of the connection, user names and passwords in
/// addresses, control characters, the home folder, and the names of the user and the machine.</summary>
/// <param name="connection">The connection whose secrets are removed; null if it could not be read.</param>
internal sealed class PrivateText(TokaifyConnection? connection)
{
    private const int ShortestMachineName = 3;
    private const int ShortestSecret = 8;
    private const string Removed = "****";

    // A password may contain any character, so everything up to the last @ is removed: behind a scheme of two letters or more (one letter is
    // a drive), or behind a name and a colon. A scheme with a valid host and port is skipped: an @ behind them is not the end of user info.
    private static readonly Regex s_userInfo = new(
        @"(?<skipped>\w{2,}:[\\/]{1,4}(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?(?=[/?#]|[),;]*(?:['""\s]|$)))"
        + @"|(?<scheme>\w{2,}:[\\/]{1,4}).*@|(?:(?!//)[^\s'""])+:(?![\\/])\S*@");

    private readonly TextSanitizer _secrets = connection is null ? TextSanitizer.For() : TextSanitizer.For(connection);
    private readonly string _home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
    private readonly Regex _user = new($@"(?<=[/\\]){Regex.Escape(Environment.UserName)}(?=$|[/\\'""\s.,:;])", RegexOptions.IgnoreCase);
    private readonly Regex _machine = new($@"(?<![\w.-]){Regex.Escape(Environment.MachineName)}(?![\w-]|\.\w)", RegexOptions.IgnoreCase);

    /// <summary>Returns a text without private data.</summary>
    public string Of(string? text) => WithoutNames(s_userInfo.Replace(
        _secrets.Line(text ?? ""), match => match.Groups["skipped"].Success ? match.Value : $"{match.Groups["scheme"].Value}{Removed}@"));

    /// <summary>Returns the message of an error without private data and prompts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompts">The texts of the user that messages may repeat.</param>
    public string Of(string text, IReadOnlyCollection<string> prompts)
    {
        // Messages have no control characters, so the prompts are compared without them.
        var shown = prompts.Select(prompt => TextSanitizer.For().Line(prompt)).ToList();
        // Prompts are searched for like secrets: any eight consecutive characters of one are removed, so also the beginning of a prompt.
        var clean = TextSanitizer.For([.. shown.Where(prompt => prompt.Length >= ShortestSecret).Select(prompt => new Secret(prompt))]).Line(text);
        foreach (var prompt in shown.Where(prompt => prompt.Length is > 0 and < ShortestSecret))
        {
            clean = Regex.Replace(clean, $@"(?<!\w){Regex.Escape(prompt)}(?!\w)", Removed, RegexOptions.IgnoreCase);
        }

        return Of(clean);
    }

    /// <summary>Returns an address without user name, password and query.</summary>
    public string OfAddress(string address) => Of(AddressText.Of(address));

    private string WithoutNames(string text)
    {
        var comparison = Path.DirectorySeparatorChar == '\\' ? RegexOptions.IgnoreCase : RegexOptions.None;
        var withoutHome = _home.Length < 2 ? text : Regex.Replace(text, $@"{Regex.Escape(_home)}(?=$|[/\\'""\s])", "~", comparison);
        var withoutUser = Environment.UserName.Length == 0 ? withoutHome : _user.Replace(withoutHome, "<user>");
        return Environment.MachineName.Length < ShortestMachineName ? withoutUser : _machine.Replace(withoutUser, "<machine>");
    }
}
