namespace Tokaify.PowerShell;

/// <summary>What to do if a file of the same name exists.</summary>
internal enum ExistingFiles
{
    /// <summary>Find a free name.</summary>
    Keep,

    /// <summary>Overwrite it.</summary>
    Overwrite,

    /// <summary>Send nothing.</summary>
    Skip,
}

/// <summary>Determines the requests of each order and the names of their images, before anything is sent.</summary>
/// <param name="existingFiles">What to do if a file of the same name exists.</param>
internal sealed class EditPlanner(ExistingFiles existingFiles)
{
    // A tree of sources may have any number of folders, so the set of prepared ones is limited.
    private const int MostPrepared = 1000;

    private readonly DateTime _now = DateTime.Now;
    private readonly NameClaims _claims = new();
    private readonly HashSet<string> _prepared = new(StringComparer.Ordinal);

    /// <summary>The edits of an order, one for each variation.</summary>
    public List<ImageEdit> Plan(EditOrder order)
    {
        var folder = new ImageFolder(order.Destination!);
        var edits = new List<ImageEdit>(order.Count);
        foreach (var names in NamesFor(order, folder))
        {
            edits.Add(new ImageEdit
            {
                // The same seed would give the same image again.
                Request = edits.Count == 0 ? order.Request : order.Request with { Seed = order.Request.Seed + edits.Count },
                Conversation = order.Conversation,
                Folder = folder,
                Names = names,
                Index = edits.Count + 1,
                Count = order.Count,
                Row = order.Row,
                Overwrite = existingFiles == ExistingFiles.Overwrite,
            });
        }

        // All variations are planned, so that the only one gets the same name as before.
        return order.Only is { } only ? [edits[Math.Min(only, edits.Count) - 1] with { Request = order.Request }] : edits;
    }

    /// <summary>The result of an edit whose image exists; null if the edit must be sent.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/>: the existing file is not an image.</exception>
    public ImageEditResult? FindExisting(ImageEdit edit) =>
        existingFiles == ExistingFiles.Skip && edit.Folder.Find(edit.Names.Of(1)) is { } path
            ? edit.ToResult(ImageEditStatus.Skipped, [InspectExisting(path)])
            : null;

    /// <summary>Makes sure that the edit's images can be saved.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Prepare(ImageEdit edit)
    {
        if (!_prepared.Contains(edit.Folder.Path))
        {
            edit.Folder.Prepare();
            if (_prepared.Count == MostPrepared)
            {
                _prepared.Clear();
            }

            _prepared.Add(edit.Folder.Path);
        }
    }

    private static SavedImage InspectExisting(string path)
    {
        try
        {
            return SavedImage.Inspect(path);
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.UnsupportedImage)
        {
            throw new TokaifyException(
                TokaifyErrorId.UnsupportedImage,
                $"'{path}' has the name of the picture to save, but is not a picture. Remove it, or overwrite it with -Force.",
                exception);
        }
    }

    private IReadOnlyList<PictureNames> NamesFor(EditOrder order, ImageFolder folder)
    {
        var names = new PictureNames(order.OutputName, order.Name, ModelCatalog.BareName(order.Request.Model), _now);
        // With Keep, each image gets a free name when it is saved, so no name is claimed beforehand.
        return existingFiles == ExistingFiles.Keep ? names.ForVariations(order.Count) : names.ClaimedIn(_claims, folder, order.Count);
    }
}
