namespace Tokaify.PowerShell;

/// <summary>Finds out what a journal's line does not say of its images: their pixels, and whether they are what was asked for.</summary>
/// <param name="folder">The full path of the page's folder.</param>
internal sealed class ImageCheck(string folder)
{
    /// <summary>An entry with what its images' files say; as it is if it says so itself, or nothing was asked for.</summary>
    public ReportEntry Complete(ReportEntry entry)
    {
        if (entry.MatchesRequest is not null || entry.Model is null || (entry.AspectRatio ?? entry.ImageSize) is null || entry.Images.Count == 0)
        {
            return entry;
        }

        var images = entry.Images.Select(image => entry.MayOpen(image.Path, folder) ? TryInspect(image.Path) : null).ToList();
        return entry with
        {
            Images = [.. entry.Images.Zip(images, (image, file) => file is { Width: > 0 } ? image with { Width = file.Width, Height = file.Height } : image)],
            MatchesRequest = RequestMatch.Of(entry.Model, entry.AspectRatio, entry.ImageSize, [.. images.OfType<SavedImage>()]),
        };
    }

    private static SavedImage? TryInspect(string path)
    {
        try
        {
            return SavedImage.Inspect(path);
        }
        catch (TokaifyException)
        {
            // The card says that it is gone.
            return null;
        }
    }
}
