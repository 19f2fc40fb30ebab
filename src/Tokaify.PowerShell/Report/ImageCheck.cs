namespace Tokaify.PowerShell;

/// <summary>Adds data to a journal line that it does not contain: the pixels of its images, and whether they match the request.</summary>
/// <param name="folder">The full path of the page's folder.</param>
/// <param name="catalog">The models.</param>
internal sealed class ImageCheck(string folder, ModelCatalog catalog)
{
    /// <summary>Completes an entry from the files of its images. Returns it unchanged if it has the values, or if no ratio and no size were
    /// requested.</summary>
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
            MatchesRequest = RequestMatch.Of(entry.Model, entry.AspectRatio, entry.ImageSize, [.. images.OfType<SavedImage>()], catalog),
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
            // The card shows that the file is missing.
            return null;
        }
    }
}
