namespace Tokaify.PowerShell;

/// <summary>The edit that a command, or a row of a table, asks for.</summary>
/// <param name="Request">What to ask the service for.</param>
/// <param name="OutputName">The template of the names.</param>
/// <param name="Destination">The folder to save in; null for the source's own.</param>
/// <param name="Count">The number of variations.</param>
internal sealed record EditOrder(ImageRequest Request, OutputName OutputName, string? Destination, int Count)
{
    /// <summary>What <c>{name}</c> stands for.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether its sources were gathered, as a wildcard or a pipeline does it, rather than each chosen: what an
    /// earlier command saved may be among them unnoticed.</summary>
    public bool IsGathered { get; init; }

    /// <summary>The number of the table's row that it comes from, from 1; null if no table came in.</summary>
    public int? Row { get; init; }

    /// <summary>Whether its aspect ratio is that of each source.</summary>
    public bool TakesSourceRatio { get; init; }

    /// <summary>The number of the one variation that is asked for; null for all of them.</summary>
    public int? Only { get; init; }

    /// <summary>The conversation that it is the next turn of; null for none.</summary>
    public Conversation? Conversation { get; init; }

    /// <summary>The same for a source: it goes before the images that are there.</summary>
    /// <exception cref="TokaifyException">The source's aspect ratio is asked for, and is not known.</exception>
    public EditOrder For(SourceImage source) => this with
    {
        Request = Shaped(source) with { Images = [source, .. Request.Images] },
        Destination = Destination ?? Path.GetDirectoryName(source.Path)!,
        Name = Path.GetFileNameWithoutExtension(source.Path),
    };

    /// <summary>The same as the next turn of a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="source">The turn's image; null where it goes on from the one that the conversation has come to.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where there is no image at all.</exception>
    public EditOrder In(Conversation conversation, SourceImage? source)
    {
        // All images of a conversation are called after the one that it began with.
        var first = conversation.FirstPicture ?? source?.Path ?? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument, "The conversation has no picture yet: give its first turn one, with -Path.");
        // The image that the turn continues from is in the conversation, and has a shape.
        var shaped = TakesSourceRatio && source is null ? this with { Request = Shaped(SourceImage.Inspect(conversation.LastPicture!)) } : this;
        return (source is null ? shaped : For(source)) with
        {
            // Not beside the first image: a batch over that folder would take the conversation's images for sources.
            Destination = Destination ?? conversation.LastFolder ?? Path.GetDirectoryName(first)!,
            Name = Path.GetFileNameWithoutExtension(first),
            Conversation = conversation,
        };
    }

    private ImageRequest Shaped(SourceImage source) =>
        TakesSourceRatio ? Request with { AspectRatio = AspectRatio.Nearest(Request.Model, source) } : Request;
}
