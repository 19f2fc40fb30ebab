namespace Tokaify.PowerShell;

/// <summary>What a command, or a row of a table, asks to have made.</summary>
/// <param name="Request">What to ask the service for.</param>
/// <param name="OutputName">The template of the names.</param>
/// <param name="Destination">The folder to save in; null for the source's own.</param>
/// <param name="Count">The number of variations.</param>
internal sealed record EditOrder(ImageRequest Request, OutputName OutputName, string? Destination, int Count)
{
    /// <summary>What <c>{name}</c> stands for.</summary>
    public string Name { get; init; } = "";

    /// <summary>The same for a source: it goes before the pictures that are there.</summary>
    public EditOrder For(SourceImage source) => this with
    {
        Request = Request with { Images = [source, .. Request.Images] },
        Destination = Destination ?? Path.GetDirectoryName(source.Path)!,
        Name = Path.GetFileNameWithoutExtension(source.Path),
    };
}
