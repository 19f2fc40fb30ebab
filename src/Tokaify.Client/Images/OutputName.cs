using System.Globalization;
using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>A template for the names of saved pictures, such as <c>{name}-edited</c>.</summary>
public sealed class OutputName
{
    /// <summary>The template that serves where none is given.</summary>
    public const string DefaultTemplate = "{name}-edited";

    private static readonly Regex s_token = new(@"\{([^{}]*)\}", RegexOptions.CultureInvariant);

    private readonly string _template;

    /// <summary>Takes a template.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where it is empty, names a folder
    /// or has a token that does not exist.</exception>
    public OutputName(string template)
    {
        if (string.IsNullOrWhiteSpace(template))
        {
            throw Invalid("is empty");
        }

        if (template.IndexOfAny(['/', '\\']) >= 0)
        {
            throw Invalid($"'{template}' names a folder; name it with -Destination");
        }

        foreach (Match token in s_token.Matches(template))
        {
            if (!Tokens.Contains(token.Groups[1].Value, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid($"'{template}' has a token {token.Value} that does not exist");
            }
        }

        _template = template;
    }

    /// <summary>The tokens: the source's name, the picture's number, the model, the time.</summary>
    public static IReadOnlyList<string> Tokens { get; } = ["name", "index", "model", "time"];

    /// <summary>Whether each picture of a source gets a number of its own.</summary>
    public bool HasIndex => _template.IndexOf("{index}", StringComparison.OrdinalIgnoreCase) >= 0;

    /// <summary>The name of a picture, without an extension.</summary>
    internal string Expand(string name, int index, string model, DateTime time)
    {
        return s_token.Replace(_template, Value);

        string Value(Match token) => token.Groups[1].Value.ToUpperInvariant() switch
        {
            "NAME" => name,
            "INDEX" => index.ToString(CultureInfo.InvariantCulture),
            "MODEL" => model,
            _ => time.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The template.</summary>
    public override string ToString() => _template;

    private static TokaifyException Invalid(string flaw) => new(
        TokaifyErrorId.InvalidArgument,
        $"The output name {flaw}. Tokens are {string.Join(", ", Tokens.Select(token => $"{{{token}}}"))}; the extension follows the picture.");
}

/// <summary>What the pictures made from one source are called, without an extension.</summary>
public sealed class PictureNames
{
    private readonly OutputName _template;
    private readonly string _source;
    private readonly string _model;
    private readonly DateTime _time;
    private readonly string _suffix;

    /// <summary>Names the pictures of one source.</summary>
    /// <param name="template">The template.</param>
    /// <param name="source">The source's name, without its extension.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="time">The moment, local.</param>
    /// <param name="variant">From 2 on, tells these names from those of other sources that are called the same.</param>
    public PictureNames(OutputName template, string source, string model, DateTime time, int variant = 1)
    {
        _template = template;
        _source = source;
        _model = model;
        _time = time;
        _suffix = variant == 1 ? "" : $"-{variant}";
    }

    /// <summary>The name of a picture.</summary>
    /// <param name="index">Its number among those made from the source, from 1.</param>
    public string Of(int index)
    {
        var number = index == 1 || _template.HasIndex ? "" : $"-{index}";
        return SafeFileName.From(_template.Expand(_source, index, _model, _time) + _suffix + number);
    }
}
