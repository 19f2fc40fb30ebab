using System.Globalization;
using System.Text.Json;

namespace Tokaify;

/// <summary>The models this library knows. Data, not code: an entry of <c>models.json</c> each.</summary>
public sealed class ModelCatalog
{
    private static readonly Lazy<ModelCatalog> s_builtIn = new(LoadBuiltIn);

    private readonly Dictionary<string, ImageModel> _byName;

    private ModelCatalog(IReadOnlyList<ImageModel> models)
    {
        Models = models;
        _byName = models.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
        Default = models.First(model => model.IsDefault);
    }

    /// <summary>The catalogue that comes with the library. No network, no key.</summary>
    public static ModelCatalog BuiltIn => s_builtIn.Value;

    /// <summary>All entries, in the catalogue's order.</summary>
    public IReadOnlyList<ImageModel> Models { get; }

    /// <summary>The model that serves when none is named.</summary>
    public ImageModel Default { get; }

    /// <summary>The entry of a name, with or without the prefix <c>models/</c>; null for a model the catalogue lacks.</summary>
    public ImageModel? Find(string name) => _byName.TryGetValue(BareName(name), out var model) ? model : null;

    /// <summary>A model's name without the prefix <c>models/</c> under which lists give it.</summary>
    public static string BareName(string name)
    {
        const string Prefix = "models/";
        return name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name.Substring(Prefix.Length) : name;
    }

    private static ModelCatalog LoadBuiltIn()
    {
        using var json = typeof(ModelCatalog).Assembly.GetManifestResourceStream("models.json")!;
        using var document = JsonDocument.Parse(json);
        return new ModelCatalog([.. document.RootElement.GetProperty("models").EnumerateArray().Select(ReadModel)]);
    }

    private static ImageModel ReadModel(JsonElement entry)
    {
        var outputs = entry.GetProperty("outputs").EnumerateObject()
            .Select(output => (Ratio: output.Name, Size: ParseSize(output.Value.GetString()!)))
            .ToList();
        return new ImageModel
        {
            Name = entry.GetProperty("name").GetString()!,
            DisplayName = entry.GetProperty("displayName").GetString()!,
            Description = entry.GetProperty("description").GetString()!,
            AspectRatios = [.. outputs.Select(output => output.Ratio)],
            ImageSizes = ReadStrings(entry, "imageSizes"),
            InputMimeTypes = ReadStrings(entry, "inputMimeTypes"),
            MaxInputImages = entry.GetProperty("maxInputImages").GetInt32(),
            IsDefault = entry.GetProperty("isDefault").GetBoolean(),
            Outputs = outputs.ToDictionary(output => output.Ratio, output => output.Size),
        };
    }

    private static string[] ReadStrings(JsonElement entry, string name) =>
        [.. entry.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    private static PixelSize ParseSize(string text)
    {
        var sides = text.Split('x');
        return new PixelSize(int.Parse(sides[0], CultureInfo.InvariantCulture), int.Parse(sides[1], CultureInfo.InvariantCulture));
    }
}
