namespace Tokaify.PowerShell;

/// <summary>What to do where a picture of the same name is there already.</summary>
internal enum ExistingFiles
{
    /// <summary>Find a free name.</summary>
    Keep,

    /// <summary>Overwrite it.</summary>
    Overwrite,

    /// <summary>Send nothing.</summary>
    Skip,
}

/// <summary>Decides for each source what to ask for and where its pictures go, before anything is sent.</summary>
internal sealed class EditPlanner
{
    private readonly ImageRequest _request;
    private readonly OutputName _outputName;
    private readonly string? _destination;
    private readonly ExistingFiles _existingFiles;
    private readonly DateTime _now = DateTime.Now;
    private readonly NameClaims _claims = new();
    private readonly Conversation? _conversation;
    private ImageFolder? _prepared;

    /// <summary>Makes a planner.</summary>
    /// <param name="request">What to ask for, but for the pictures.</param>
    /// <param name="outputName">The template of the names.</param>
    /// <param name="destination">The folder to save in; null for each source's own.</param>
    /// <param name="existingFiles">What to do about names that are taken.</param>
    /// <param name="conversation">The conversation that the edit continues; null for edits by themselves.</param>
    /// <exception cref="TokaifyException">The request cannot be; see <see cref="ImageRequest.Validate"/>.</exception>
    public EditPlanner(
        ImageRequest request, OutputName outputName, string? destination, ExistingFiles existingFiles, Conversation? conversation = null)
    {
        request.Validate();
        _request = request;
        _outputName = outputName;
        _destination = destination;
        _existingFiles = existingFiles;
        _conversation = conversation;
    }

    /// <summary>The edit of a source.</summary>
    /// <param name="source">The source; null where a conversation goes on from the picture it has come to.</param>
    public ImageEdit Plan(SourceImage? source)
    {
        // All pictures of a conversation are called after the one that it began with.
        var first = _conversation?.FirstPicture ?? source?.Path ?? throw new TokaifyException(
            TokaifyErrorId.InvalidArgument, "The conversation has no picture yet: give its first turn one, with -Path.");
        var folder = new ImageFolder(_destination ?? Path.GetDirectoryName(source?.Path ?? first)!);
        return new ImageEdit
        {
            Request = source is null ? _request : _request with { Images = [source] },
            Conversation = _conversation,
            Folder = folder,
            Names = NamesFor(first, folder),
            Overwrite = _existingFiles == ExistingFiles.Overwrite,
        };
    }

    /// <summary>The result of an edit that need not be sent; null where it must.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.UnsupportedImage"/> where what is there is no picture.</exception>
    public ImageEditResult? FindExisting(ImageEdit edit)
    {
        if (_existingFiles != ExistingFiles.Skip || edit.Folder.Find(edit.Names.Of(1)) is not { } path)
        {
            return null;
        }

        return new ImageEditResult
        {
            SourcePath = edit.Request.Source?.Path,
            Images = [InspectExisting(path)],
            Prompt = edit.Request.Prompt,
            Model = edit.Request.Model,
            AspectRatio = edit.Request.AspectRatio,
            Status = ImageEditStatus.Skipped,
        };
    }

    /// <summary>Makes sure that the edit's pictures can be saved.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SaveFailed"/>.</exception>
    public void Prepare(ImageEdit edit)
    {
        if (_prepared?.Path != edit.Folder.Path)
        {
            edit.Folder.Prepare();
            _prepared = edit.Folder;
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
                $"'{path}' has the name of the picture that is to be saved, but is none. Remove it, or overwrite it with -Force.",
                exception);
        }
    }

    private PictureNames NamesFor(string source, ImageFolder folder)
    {
        var name = Path.GetFileNameWithoutExtension(source);
        var names = new PictureNames(_outputName, name, ModelCatalog.BareName(_request.Model), _now);
        // Where a free name is found for each picture anyway, nothing needs to be agreed beforehand.
        return _existingFiles == ExistingFiles.Keep ? names : names.ClaimedIn(_claims, folder);
    }
}
