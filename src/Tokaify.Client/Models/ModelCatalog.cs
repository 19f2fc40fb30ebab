namespace Tokaify;

/// <summary>The models that this library knows. They are data, not code: the entries of <c>models.json</c> and of the user's own
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

    /// <summary>The catalogue that comes with the library. It needs neither network nor key.</summary>
    public static ModelCatalog BuiltIn => s_builtIn.Value;

    /// <summary>The catalogue that comes with the library, overridden by the user's own file, which the environment variable
    /// <c>TOKAIFY_MODEL_CATALOG</c> names. It is read again when that file changes.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the file is missing or invalid.</exception>
    public static ModelCatalog Current => UserModelCatalog.Load();

    /// <summary>The catalogue that comes with the library, overridden by a file.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="origin">The setting that names the file, for errors.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the file is missing or invalid.</exception>
    internal static ModelCatalog From(string path, string origin) => UserModelCatalog.LoadFrom(path, origin);

    /// <summary>The same, or the built-in catalogue if the user's file cannot be used. For callers that cannot report an error.</summary>
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

    /// <summary>The model that is used if the request names no model.</summary>
    public ImageModel Default { get; }

    /// <summary>Finds the entry of a name, with or without the prefix <c>models/</c>; returns null if the catalogue does not have the
    /// model.</summary>
    public ImageModel? Find(string name) => _byName.TryGetValue(BareName(name), out var model) ? model : null;

    /// <summary>Returns the entries with <see cref="ImageModel.Available"/>, followed by the models that only the relay has.</summary>
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

    /// <summary>Returns a model's name without the prefix <c>models/</c>, which lists put before it.</summary>
    public static string BareName(string name)
    {
        const string Prefix = "models/";
        return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name.Substring(Prefix.Length) : name;
    }

    /// <summary>Returns this catalogue with further entries; an entry with the same name replaces the existing one.</summary>
    internal ModelCatalog With(IReadOnlyList<ImageModel> entries)
    {
        var byName = entries.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
        var merged = Models.Select(model => byName.TryGetValue(model.Name, out var entry) ? entry : model)
            .Concat(entries.Where(entry => Find(entry.Name) is null))
            .ToList();
        // If the user's file has a default, it replaces the built-in one.
        var chosen = entries.FirstOrDefault(entry => entry.IsDefault) ?? Default;
        return new ModelCatalog([.. merged.Select(model => model with { IsDefault = model.Name == chosen.Name })]);
    }

    private static ModelCatalog LoadBuiltIn()
    {
        using var json = typeof(ModelCatalog).Assembly.GetManifestResourceStream("models.json")!;
        return new ModelCatalog(ModelCatalogReader.Read(json, known: null));
    }
}
