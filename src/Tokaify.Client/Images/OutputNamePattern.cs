using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>Reads an <see cref="OutputName"/> backwards: tells of a file's name from which sources' names the template makes it.</summary>
public sealed class OutputNamePattern
{
    private static readonly Regex s_number = new(@"-\d+\z", RegexOptions.CultureInvariant);

    private readonly Regex? _pattern;

    /// <summary>Reads a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="model">The name of the model that <c>{model}</c> stands for.</param>
    public OutputNamePattern(OutputName template, string model)
    {
        var pattern = new StringBuilder();
        var wildcard = new StringBuilder();
        var hasName = false;
        // What is between the tokens stands at the even places, the tokens at the odd ones.
        var parts = OutputName.Token.Split(template.ExpandModel(model));
        for (var index = 0; index < parts.Length; index++)
        {
            var isToken = index % 2 == 1;
            var isName = isToken && string.Equals(parts[index], "name", StringComparison.OrdinalIgnoreCase);
            pattern.Append(isName ? hasName ? @"\k<name>" : "(?<name>.+)"
                : !isToken ? Regex.Escape(parts[index])
                : string.Equals(parts[index], "index", StringComparison.OrdinalIgnoreCase) ? @"\d+"
                : @"\d{8}-\d{6}");
            wildcard.Append(isToken ? "*" : Regex.Replace(parts[index], @"[`\[\]]", "`$0"));
            hasName |= isName;
        }

        // A template of the name alone adds nothing that an image could be told by.
        if (hasName && !string.Equals(template.ToString(), "{name}", StringComparison.OrdinalIgnoreCase))
        {
            _pattern = new Regex($@"\A{pattern}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }

        // A number may follow the name. Without a word in it, the wildcard would match too much.
        Wildcard = parts.Where((_, index) => index % 2 == 0).Any(part => part.Any(char.IsLetter))
            ? Regex.Replace($"{wildcard}*", @"\*+", "*")
            : null;
    }

    /// <summary>A wildcard of PowerShell that the names match; null where it would match almost anything.</summary>
    public string? Wildcard { get; }

    /// <summary>The names of the sources that would give an image this name, as it stands or with a number behind it.</summary>
    /// <param name="name">A file's name, without its extension.</param>
    public IEnumerable<string> SourcesOf(string name) => _pattern is null
        ? []
        : new[] { name, s_number.Replace(name, "") }
            .Distinct()
            .Select(candidate => _pattern.Match(candidate))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value);
}
