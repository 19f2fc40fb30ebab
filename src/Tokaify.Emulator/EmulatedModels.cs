namespace Tokaify.Emulation;

/// <summary>The models of the emulated relay: those of the catalogue, and two text models, because a relay lists all kinds of
/// models.</summary>
internal static class EmulatedModels
{
    private static readonly ImageModel[] s_others =
    [
        new() { Name = "gemini-2.5-flash", DisplayName = "Gemini 2.5 Flash", Description = "Text from text and pictures." },
        new() { Name = "gemini-2.5-pro", DisplayName = "Gemini 2.5 Pro", Description = "Text from text and pictures." },
    ];

    public static IReadOnlyList<ImageModel> All
    {
        get
        {
            // Includes the user's own entries. If the user's file is invalid, the commands report it.
            var catalog = ModelCatalog.CurrentOrBuiltIn;
            return [.. catalog.Models, .. s_others.Where(model => catalog.Find(model.Name) is null)];
        }
    }

    /// <summary>Finds a model by its exact name, as the API does. The catalogue is more tolerant.</summary>
    public static ImageModel? Find(string name) => All.FirstOrDefault(model => model.Name == name);

    public static bool MakesImages(this ImageModel model) => !s_others.Contains(model);

    /// <summary>Whether the model signs its images and requires the signatures in later turns (3.x).</summary>
    public static bool SignsThoughts(this ImageModel model) => model.Name.StartsWith("gemini-3", StringComparison.Ordinal);
}
