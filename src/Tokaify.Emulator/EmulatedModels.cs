namespace Tokaify.Emulation;

/// <summary>The models the emulated relay offers: the catalogue's, and two of another kind, because a relay lists every kind.</summary>
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
            // With the user's own entries. A file of theirs that is wrong is the commands' to say.
            var catalog = ModelCatalog.CurrentOrBuiltIn;
            return [.. catalog.Models, .. s_others.Where(model => catalog.Find(model.Name) is null)];
        }
    }

    /// <summary>Names are matched by the letter, as the API does, not as kindly as the catalogue.</summary>
    public static ImageModel? Find(string name) => All.FirstOrDefault(model => model.Name == name);

    public static bool MakesImages(this ImageModel model) => !s_others.Contains(model);

    /// <summary>Whether it signs the images it makes and wants the signatures back in a later turn (3.x).</summary>
    public static bool SignsThoughts(this ImageModel model) => model.Name.StartsWith("gemini-3", StringComparison.Ordinal);
}
