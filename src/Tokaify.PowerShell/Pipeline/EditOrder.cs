namespace Tokaify.PowerShell;

/// <summary>The edit that a command, or a row of a table, asks for.</summary>
/// <param name="Request">The request.</param>
/// <param name="OutputName">The template of the names.</param>
/// <param name="Destination">The folder to save in; null for the source's folder.</param>
/// <param name="Count">The number of variations.</param>
internal sealed record EditOrder(ImageRequest Request, OutputName OutputName, string? Destination, int Count)
{
    /// <summary>The value of <c>{name}</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether its sources come from a wildcard or a pipeline. Then results of an earlier command may be among them by
    /// mistake.</summary>
    public bool IsGathered { get; init; }

    /// <summary>The number of the table's row, from 1; null if the input is not a table.</summary>
    public int? Row { get; init; }

    /// <summary>Whether its aspect ratio is that of each source.</summary>
    public bool TakesSourceRatio { get; init; }

    /// <summary>The number of the only variation to send; null to send all of them.</summary>
    public int? Only { get; init; }

    /// <summary>The conversation that the edit continues; null if there is none.</summary>
    public Conversation? Conversation { get; init; }

    /// <summary>Returns the order for a source, which becomes the first image of the request.</summary>
    /// <exception cref="TokaifyException">The source's aspect ratio is needed, and cannot be read.</exception>
    public EditOrder For(SourceImage source) => this with
    {
        Request = Shaped(source) with { Images = [source, .. Request.Images] },
        Destination = Destination ?? Path.GetDirectoryName(source.Path)!,
        Name = Path.GetFileNameWithoutExtension(source.Path),
    };

    /// <summary>Returns the order as the next turn of a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="source">The turn's image; null if the turn continues from the conversation's last image.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>: there is no image.</exception>
    public EditOrder In(Conversation conversation, SourceImage? source)
    {
        // All images of a conversation are named after its first image.
        var first = conversation.FirstPicture ?? source?.Path ?? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument, "The conversation has no picture yet: give its first turn one, with -Path.");
        // The image that the turn continues from is in the conversation, and has an aspect ratio.
        var shaped = TakesSourceRatio && source is null ? this with { Request = Shaped(SourceImage.Inspect(conversation.LastPicture!)) } : this;
        return (source is null ? shaped : For(source)) with
        {
            // Images are not saved in the folder of the first image, because a batch over that folder would use the conversation's images
            // as sources.
            Destination = Destination ?? conversation.LastFolder ?? Path.GetDirectoryName(first)!,
            Name = Path.GetFileNameWithoutExtension(first),
            Conversation = conversation,
        };
    }

    private ImageRequest Shaped(SourceImage source) =>
        TakesSourceRatio ? Request with { AspectRatio = AspectRatio.Nearest(Request.Model, source, Request.Models) } : Request;
}
