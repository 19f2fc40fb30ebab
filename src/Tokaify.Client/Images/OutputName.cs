using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>A template for the names of saved images, such as <c>{name}-edited</c>.</summary>
public sealed class OutputName
{
    /// <summary>The template that is used if none is given.</summary>
    public const string DefaultTemplate = "{name}-edited";

    private readonly string _template;

    /// <summary>Creates it from a template.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the template is empty, names a folder, or has an
    /// unknown token.</exception>
    public OutputName(string template)
    {
        if (string.IsNullOrWhiteSpace(template))
        {
            throw Invalid("is empty");
        }

        if (template.IndexOfAny(['/', '\\']) >= 0)
        {
            throw Invalid($"'{template}' names a folder", ErrorAdvice.NameFolderApart);
        }

        foreach (Match token in Token.Matches(template))
        {
            if (!Tokens.Contains(token.Groups[1].Value, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid($"'{template}' has the unknown token {token.Value}");
            }
        }

        if (ImageExtension.Match(template) is { Success: true } extension)
        {
            throw Invalid($"'{template}' ends in {extension.Groups[1].Value}; leave that out");
        }

        _template = template;
    }

    /// <summary>The tokens: the source's name, the image's number, the model, the time.</summary>
    public static IReadOnlyList<string> Tokens { get; } = ["name", "index", "model", "time"];

    /// <summary>Matches the tokens.</summary>
    internal static Regex Token { get; } = new(@"\{([^{}]*)\}", RegexOptions.CultureInvariant);

    // The extension of the image would be appended to it: cat.jpg.png. Dots and spaces at the end are removed from a file name.
    private static Regex ImageExtension { get; } = new(
        @"(\.(?:png|jpe?g|jfif|webp|hei[cf]|avif|gif|bmp|tiff?))[. ]*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Whether each image of a source gets its own number.</summary>
    public bool HasIndex => _template.IndexOf("{index}", StringComparison.OrdinalIgnoreCase) >= 0;

    /// <summary>Whether the source's name is part of each name.</summary>
    public bool HasName => _template.IndexOf("{name}", StringComparison.OrdinalIgnoreCase) >= 0;

    /// <summary>The name of an image, without an extension.</summary>
    internal string Expand(string name, int index, string model, DateTime time)
    {
        return Token.Replace(_template, Value);

        string Value(Match token) => token.Groups[1].Value.ToUpperInvariant() switch
        {
            "NAME" => name,
            "INDEX" => index.ToString(CultureInfo.InvariantCulture),
            "MODEL" => model,
            _ => time.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The template as it appears in file names, with the model expanded and the other tokens unchanged.</summary>
    internal string ExpandModel(string model) => SafeFileName.From(
        Token.Replace(_template, token => string.Equals(token.Value, "{model}", StringComparison.OrdinalIgnoreCase) ? model : token.Value));

    /// <summary>The template.</summary>
    public override string ToString() => _template;

    private static TokaifyException Invalid(string flaw, ErrorAdvice? advice = null) => new(
        TokaifyErrorId.InvalidArgument,
        $"The output name {flaw}. Tokens are {string.Join(", ", Tokens.Select(token => $"{{{token}}}"))}; the extension follows the picture.")
    {
        Advice = advice,
    };
}
