namespace Tokaify;

/// <summary>The names of the images of one source, without an extension.</summary>
public sealed class PictureNames
{
    private readonly OutputName _template;
    private readonly string _source;
    private readonly string _model;
    private readonly DateTime _time;
    private int _variation = 1;
    private int _variations = 1;
    private string _suffix = "";
    private NameClaims? _claims;
    private int _owner;

    /// <summary>Creates the names for one source.</summary>
    /// <param name="template">The template.</param>
    /// <param name="source">The source's name, without its extension.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="time">The local time.</param>
    public PictureNames(OutputName template, string source, string model, DateTime time)
    {
        _template = template;
        _source = source;
        _model = model;
        _time = time;
    }

    /// <summary>The template.</summary>
    internal string Template => _template.ToString();

    /// <summary>The name of an image.</summary>
    /// <param name="picture">Its number within the response, from 1.</param>
    public string Of(int picture)
    {
        // Responses arrive in any order, and usually have one image. So the first image of a variation gets the variation's number, and
        // further images are numbered after the last variation.
        var index = _variation + ((picture - 1) * _variations);
        var number = index == 1 || _template.HasIndex ? "" : $"-{index}";
        return SafeFileName.From(_template.Expand(_source, index, _model, _time) + _suffix + number);
    }

    /// <summary>Returns the names of several variations of the source.</summary>
    /// <param name="count">The number of variations.</param>
    public IReadOnlyList<PictureNames> ForVariations(int count)
    {
        return [.. Enumerable.Range(1, count).Select(Variation)];

        PictureNames Variation(int number)
        {
            var names = (PictureNames)MemberwiseClone();
            names._variation = number;
            names._variations = count;
            return names;
        }
    }

    /// <summary>Returns the same names; if another source of the batch has them, with a number at the end.</summary>
    /// <remarks>The order of the sources decides, so a second run over the same sources gives the same names.</remarks>
    /// <param name="claims">The batch's names.</param>
    /// <param name="folder">The folder of the images.</param>
    public PictureNames ClaimedIn(NameClaims claims, ImageFolder folder) => ClaimedIn(claims, folder, count: 1)[0];

    /// <summary>Returns the names of several variations; if another source of the batch has them, with a number at the end.</summary>
    /// <param name="claims">The batch's names.</param>
    /// <param name="folder">The folder of the images.</param>
    /// <param name="count">The number of variations.</param>
    public IReadOnlyList<PictureNames> ClaimedIn(NameClaims claims, ImageFolder folder, int count)
    {
        var variations = ForVariations(count);
        foreach (var names in variations)
        {
            // Each variation is an owner of its own, so that it cannot overwrite another one.
            names._claims = claims;
            names._owner = claims.NewOwner();
        }

        for (var variant = 2; !variations.All(names => claims.TryTake(folder.Path, names.Of(1), names._owner)); variant++)
        {
            foreach (var names in variations)
            {
                names._suffix = $"-{variant}";
            }
        }

        return variations;
    }

    /// <summary>Claims a name for this source or variation.</summary>
    /// <returns>False if another source or variation of the batch has it.</returns>
    internal bool TryClaim(string folder, string name) => _claims is null || _claims.TryTake(folder, name, _owner);
}
