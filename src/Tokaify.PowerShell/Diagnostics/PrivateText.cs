using System.Text.RegularExpressions;

namespace Tokaify.PowerShell;

/// <summary>Makes texts fit for a public report: no secret of the connection, no control character, no home folder, no name of user and machine.</summary>
/// <param name="connection">The connection whose secrets must not be there; null if it could not be read.</param>
internal sealed class PrivateText(TokaifyConnection? connection)
{
    private const int ShortestMachineName = 3;
    private const int ShortestSecret = 8;
    private const string Removed = "****";

    private readonly TextSanitizer _secrets = connection is null ? TextSanitizer.For() : TextSanitizer.For(connection);
    private readonly string _home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
    private readonly Regex _user = new($@"(?<=[/\\]){Regex.Escape(Environment.UserName)}(?=$|[/\\'""\s.,:;])", RegexOptions.IgnoreCase);
    private readonly Regex _machine = new($@"(?<![\w.-]){Regex.Escape(Environment.MachineName)}(?![\w-]|\.\w)", RegexOptions.IgnoreCase);

    /// <summary>A text.</summary>
    public string Of(string? text) => WithoutNames(_secrets.Line(text ?? ""));

    /// <summary>A text of an error of a request.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prompts">What the user wrote, which messages may repeat.</param>
    public string Of(string text, IReadOnlyCollection<string> prompts)
    {
        // As secrets are found: by any eight characters, so that the beginning of a prompt goes as well.
        var clean = TextSanitizer.For([.. prompts.Where(prompt => prompt.Length >= ShortestSecret).Select(prompt => new Secret(prompt))]).Line(text);
        foreach (var prompt in prompts.Where(prompt => prompt.Length is > 0 and < ShortestSecret))
        {
            clean = Regex.Replace(clean, $@"(?<!\w){Regex.Escape(prompt)}(?!\w)", Removed, RegexOptions.IgnoreCase);
        }

        return Of(clean);
    }

    /// <summary>An address without name, password and query.</summary>
    public string OfAddress(string address)
    {
        // By hand: a proxy's address may lack a scheme.
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + "://".Length;
        var rest = address.Substring(Math.Max(start, address.LastIndexOf('@') + 1)).Split('?', '#')[0];
        return Of(address.Substring(0, start) + rest);
    }

    private string WithoutNames(string text)
    {
        var comparison = Path.DirectorySeparatorChar == '\\' ? RegexOptions.IgnoreCase : RegexOptions.None;
        var homeless = _home.Length < 2 ? text : Regex.Replace(text, $@"{Regex.Escape(_home)}(?=$|[/\\'""\s])", "~", comparison);
        var userless = Environment.UserName.Length == 0 ? homeless : _user.Replace(homeless, "<user>");
        return Environment.MachineName.Length < ShortestMachineName ? userless : _machine.Replace(userless, "<machine>");
    }
}
