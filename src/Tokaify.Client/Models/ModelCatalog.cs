namespace Tokaify;

/// <summary>The models this library knows. Data, not code: an entry of <c>models.json</c> each, and those of the user's own
/// file.</summary>
public sealed class ModelCatalog
{
    private static readonly Lazy<ModelCatalog> s_builtIn = new(LoadBuiltIn);

    private readonly Dictionary<string, ImageModel> _byName;

    internal ModelCatalog(IReadOnlyList<ImageModel> models)
    {
        Models = models;
        _byName = models.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
        Default = models.First(model => model.IsDefault);
    }

    /// <summary>The catalogue that comes with the library. No network, no key.</summary>
    public static ModelCatalog BuiltIn => s_builtIn.Value;

    /// <summary>The catalogue that comes with the library, and over it the user's own file, which the environment's
    /// <c>TOKAIFY_MODEL_CATALOG</c> names. Read again when that file changes.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where the file is missing or wrong.</exception>
    public static ModelCatalog Current => UserModelCatalog.Load();

    /// <summary>The same, or what comes with the library where the user's file is of no use: for those that cannot say so.</summary>
    public static ModelCatalog CurrentOrBuiltIn
    {
        get
        {
            try
            {
                return Current;
            }
            catch (TokaifyException)
            {
                return BuiltIn;
            }
        }
    }

    /// <summary>All entries, in the catalogue's order.</summary>
    public IReadOnlyList<ImageModel> Models { get; }

    /// <summary>The model that serves when none is named.</summary>
    public ImageModel Default { get; }

    /// <summary>The entry of a name, with or without the prefix <c>models/</c>; null for a model the catalogue lacks.</summary>
    public ImageModel? Find(string name) => _byName.TryGetValue(BareName(name), out var model) ? model : null;

    /// <summary>The entries, each with <see cref="ImageModel.Available"/>, and behind them what only the relay has.</summary>
    /// <param name="names">The relay's models, without the prefix <c>models/</c>.</param>
    public IReadOnlyList<ImageModel> HeldAgainst(IReadOnlyCollection<string> names)
    {
        var listed = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. Models.Select(model => model with { Available = listed.Contains(model.Name) }),
            .. names.Where(name => Find(name) is null).Select(name => new ImageModel { Name = name, Available = true }),
        ];
    }

    /// <summary>A model's name without the prefix <c>models/</c> under which lists give it.</summary>
    public static string BareName(string name)
    {
        const string Prefix = "models/";
        return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name.Substring(Prefix.Length) : name;
    }

    /// <summary>This catalogue with further entries; one of the same name takes the place of the one that is here.</summary>
    internal ModelCatalog With(IReadOnlyList<ImageModel> entries)
    {
        var byName = entries.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
        var merged = Models.Select(model => byName.TryGetValue(model.Name, out var entry) ? entry : model)
            .Concat(entries.Where(entry => Find(entry.Name) is null))
            .ToList();
        // Who names a default means it alone.
        var chosen = entries.FirstOrDefault(entry => entry.IsDefault) ?? Default;
        return new ModelCatalog([.. merged.Select(model => model with { IsDefault = model.Name == chosen.Name })]);
    }

    private static ModelCatalog LoadBuiltIn()
    {
        using var json = typeof(ModelCatalog).Assembly.GetManifestResourceStream("models.json")!;
        return new ModelCatalog(ModelCatalogReader.Read(json, known: null));
    }
}
