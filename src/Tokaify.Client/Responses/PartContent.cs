namespace Tokaify;

/// <summary>What a part holds while it is read: only its end tells whether it is a draft.</summary>
internal sealed class PartContent(Func<PendingImage> newImage) : IDisposable
{
    private readonly List<PendingImage> _textImages = [];
    private PendingImage? _dataImage;
    private string _text = "";

    /// <summary>Whether the part is a thought of the model's: never the result.</summary>
    public bool IsDraft { get; set; }

    /// <summary>Begins the part's <c>data</c>. Of two, the last counts, as with any name in JSON.</summary>
    public PendingImage BeginData()
    {
        _dataImage?.Dispose();
        _dataImage = null;
        return _dataImage = newImage();
    }

    /// <summary>Begins the part's text; the last counts.</summary>
    public MarkdownTarget BeginText()
    {
        _textImages.ForEach(image => image.Dispose());
        _textImages.Clear();
        return new MarkdownTarget(this);
    }

    /// <summary>Begins a picture inside the text.</summary>
    public PendingImage BeginTextImage()
    {
        var image = newImage();
        _textImages.Add(image);
        return image;
    }

    /// <summary>A picture inside the text is none.</summary>
    public void DropTextImage(PendingImage image)
    {
        _textImages.Remove(image);
        image.Dispose();
    }

    /// <summary>The text is here, without its pictures.</summary>
    public void EndText(string text) => _text = text;

    /// <summary>The part is whole: hands on what it holds, and begins anew.</summary>
    /// <exception cref="BadResponseException">Its <c>data</c> is no picture.</exception>
    public void MoveTo(GenerateContentResponse response)
    {
        if (!IsDraft)
        {
            MoveData(response);
            response.Images.AddRange(_textImages);
            _textImages.Clear();
            if (_text.Length > 0)
            {
                response.Texts.Add(_text);
            }
        }

        Dispose();
        _text = "";
        IsDraft = false;
    }

    /// <summary>Removes the pictures that were not handed on.</summary>
    public void Dispose()
    {
        _dataImage?.Dispose();
        _dataImage = null;
        _textImages.ForEach(image => image.Dispose());
        _textImages.Clear();
    }

    // Some serializers write fields that are not set: an empty string is no picture, and no flaw.
    private void MoveData(GenerateContentResponse response)
    {
        if (_dataImage is { Length: > 0 } image)
        {
            image.Complete();
            response.Images.Add(image);
            _dataImage = null;
        }
    }
}
