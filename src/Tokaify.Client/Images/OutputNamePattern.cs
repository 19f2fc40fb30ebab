using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>The reverse of <see cref="OutputName"/>: finds the names of the sources for which the template produces a given file
/// name.</summary>
public sealed class OutputNamePattern
{
    private static readonly Regex s_number = new(@"-\d+\z", RegexOptions.CultureInvariant);

    private readonly Regex? _pattern;

    /// <summary>Creates it from a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="model">The name of the model that <c>{model}</c> stands for.</param>
    public OutputNamePattern(OutputName template, string model)
    {
        var pattern = new StringBuilder();
        var wildcard = new StringBuilder();
        var hasName = false;
        // The even entries are the texts between the tokens, the odd ones are the tokens.
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

        // If the template is only the name, an edited image cannot be recognized by its name.
        if (hasName && !string.Equals(template.ToString(), "{name}", StringComparison.OrdinalIgnoreCase))
        {
            _pattern = new Regex($@"\A{pattern}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }

        // A number may follow the name. Without a letter in it, the wildcard would match too many files.
        Wildcard = parts.Where((_, index) => index % 2 == 0).Any(part => part.Any(char.IsLetter))
            ? Regex.Replace($"{wildcard}*", @"\*+", "*")
            : null;
    }

    /// <summary>A PowerShell wildcard that the names match; null if it would match almost all names.</summary>
    public string? Wildcard { get; }

    /// <summary>Returns the names of the sources whose images could have this name, with or without a number at its end.</summary>
    /// <param name="name">A file's name, without its extension.</param>
    public IEnumerable<string> SourcesOf(string name) => _pattern is null
        ? []
        : new[] { name, s_number.Replace(name, "") }
            .Distinct()
            .Select(candidate => _pattern.Match(candidate))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value);
}
