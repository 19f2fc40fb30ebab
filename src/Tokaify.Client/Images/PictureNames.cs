namespace Tokaify;

/// <summary>What the pictures made from one source are called, without an extension.</summary>
public sealed class PictureNames
{
    private readonly OutputName _template;
    private readonly string _source;
    private readonly string _model;
    private readonly DateTime _time;
    private readonly string _suffix;
    private readonly NameClaims? _claims;
    private readonly int _owner;

    /// <summary>Names the pictures of one source.</summary>
    /// <param name="template">The template.</param>
    /// <param name="source">The source's name, without its extension.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="time">The moment, local.</param>
    public PictureNames(OutputName template, string source, string model, DateTime time)
        : this(template, source, model, time, suffix: "", claims: null, owner: 0)
    {
    }

    private PictureNames(OutputName template, string source, string model, DateTime time, string suffix, NameClaims? claims, int owner)
    {
        _template = template;
        _source = source;
        _model = model;
        _time = time;
        _suffix = suffix;
        _claims = claims;
        _owner = owner;
    }

    /// <summary>The name of a picture.</summary>
    /// <param name="index">Its number among those made from the source, from 1.</param>
    public string Of(int index)
    {
        var number = index == 1 || _template.HasIndex ? "" : $"-{index}";
        return SafeFileName.From(_template.Expand(_source, index, _model, _time) + _suffix + number);
    }

    /// <summary>The same names, or with a number behind them where another source of the batch has them.</summary>
    /// <remarks>The order of the sources decides, so a second run over the same ones gives the same names.</remarks>
    /// <param name="claims">The batch's names.</param>
    /// <param name="folder">The folder they are for.</param>
    public PictureNames ClaimedIn(NameClaims claims, ImageFolder folder)
    {
        var owner = claims.NewOwner();
        for (var variant = 1; ; variant++)
        {
            var names = new PictureNames(_template, _source, _model, _time, variant == 1 ? "" : $"-{variant}", claims, owner);
            if (claims.TryTake(folder.Path, names.Of(1), owner))
            {
                return names;
            }
        }
    }

    /// <summary>Whether a file of this name belongs to no other source of the batch, and may therefore go.</summary>
    internal bool MayReplace(string folder, string name) => _claims is null || _claims.TryTake(folder, name, _owner);
}
