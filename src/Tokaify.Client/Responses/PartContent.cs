namespace Tokaify;

/// <summary>The content of a part while it is read. Whether the part is a draft is known only at its end.</summary>
internal sealed class PartContent(ImageSlots images, MemoryBudget memory, TextSanitizer sanitizer) : IDisposable
{
    // The signature of an image can have several megabytes.
    private const int SignatureLimit = 16 * 1024 * 1024;

    // The limit for all texts of a response together, in characters.
    private const int TextLimit = Utf8Text.Limit;

    // The memory for an entry in each list and for the objects to which it refers.
    private const int EntryLength = 128;

    private readonly List<PendingImage> _textImages = [];
    private PendingImage? _dataImage;
    private string? _text;
    private Utf8Text? _signature;
    private Utf8Text? _fileUri;
    private int _textLength;
    private bool _hasData;

    /// <summary>Whether the part is a thought of the model, which is never part of the result.</summary>
    public bool IsDraft { get; set; }

    /// <summary>Whether it holds an image or the beginning of one so far, draft or not.</summary>
    public bool HasImage => _hasData || Images().Any();

    /// <summary>Begins the part's <c>data</c>. If it occurs twice, the last one counts, as with any name in JSON.</summary>
    /// <returns>The sink for it. An image is created with its first byte, because some serializers write empty strings for fields that are
    /// not set.</returns>
    public Base64Sink BeginData()
    {
        DropData();
        _hasData = true;
        return new Base64Sink(() => _dataImage = images.Begin());
    }

    /// <summary>Begins the part's text; the last one counts.</summary>
    public MarkdownSink BeginText()
    {
        DropTextImages();
        return new MarkdownSink(this);
    }

    /// <summary>Begins the address of a file in place of the part's data; the last one counts.</summary>
    public Utf8Text BeginFileUri()
    {
        _fileUri?.Release();
        return _fileUri = new Utf8Text(MarkdownLinks.LongestAddress) { CutsOff = true };
    }

    /// <summary>Begins the part's signature; the last one counts.</summary>
    public Utf8Text BeginSignature()
    {
        _signature?.Release();
        return _signature = new Utf8Text(SignatureLimit, memory);
    }

    /// <summary>Begins an image inside the text.</summary>
    public PendingImage BeginTextImage()
    {
        var image = images.Begin();
        _textImages.Add(image);
        return image;
    }

    /// <summary>Removes a supposed image inside the text.</summary>
    public void DropTextImage(PendingImage image)
    {
        _textImages.Remove(image);
        images.Drop(image);
    }

    /// <summary>Receives the whole text, without its images.</summary>
    public void EndText(string text) => _text = text;

    /// <summary>Ends the part: adds its content to the response, and resets the object for the next part.</summary>
    /// <param name="response">Receives the content.</param>
    /// <param name="isAlternative">Whether it belongs to a candidate that a later turn does not repeat.</param>
    /// <exception cref="BadResponseException">Its <c>data</c> is not an image.</exception>
    public void MoveTo(GenerateContentResponse response, bool isAlternative)
    {
        if (!IsDraft)
        {
            _dataImage?.Complete();
            ChargeText();
            var links = NewLinks(response.Links);
            KeepParts(isAlternative ? null : response.Parts, links);
            response.Links.AddRange(links);
            MoveImages(response.Images);
            if (_text is not null && sanitizer.Lines(_text) is { Length: > 0 } text)
            {
                response.Texts.Add(text);
            }
        }

        Dispose();
        _text = null;
        IsDraft = false;
    }

    /// <summary>Removes the images that were not added to a response.</summary>
    public void Dispose()
    {
        DropData();
        _hasData = false;
        DropTextImages();
        _signature?.Release();
        _signature = null;
        _fileUri?.Release();
        _fileUri = null;
    }

    // Everything that is kept of a part counts, because there may be very many parts.
    private void ChargeText()
    {
        var length = _text?.Length ?? 0;
        _textLength += length;
        memory.Take(EntryLength + (length * sizeof(char)));
        if (_textLength > TextLimit)
        {
            throw new BadResponseException($"its texts are longer than {TextLimit} characters together");
        }
    }

    // One more than a response may hold, so that exceeding the limit is reported.
    private List<string> NewLinks(List<string> known)
    {
        var links = (_text is null ? [] : MarkdownLinks.In(_text)).Prepend(FileUri()).OfType<string>().Distinct().Except(known)
            .Take(ImageSlots.Limit + 1 - known.Count).ToList();
        links.ForEach(link => memory.Take(EntryLength + (link.Length * sizeof(char))));
        return links;
    }

    private string? FileUri() => _fileUri is { IsCut: false, Length: > 0 } ? _fileUri.ToString().Trim() : null;

    private void DropData()
    {
        if (_dataImage is not null)
        {
            images.Drop(_dataImage);
            _dataImage = null;
        }
    }

    private void DropTextImages()
    {
        _textImages.ForEach(images.Drop);
        _textImages.Clear();
    }

    private void MoveImages(List<PendingImage> target)
    {
        target.AddRange(Images());
        _dataImage = null;
        _textImages.Clear();
    }

    // A text with images in it becomes several parts; the first one gets the signature. An empty text is kept if it has a signature. A
    // linked image gets a part that is filled in later.
    private void KeepParts(List<ResponsePart>? parts, List<string> links)
    {
        if (parts is null)
        {
            return;
        }

        var signature = TakeSignature();
        if (_text is { Length: > 0 } || (_text is not null && signature is not null && !Images().Any()))
        {
            parts.Add(new ResponsePart(sanitizer.Part(_text), Image: null, signature));
            signature = null;
        }

        foreach (var image in Images())
        {
            parts.Add(new ResponsePart(Text: null, image, signature));
            signature = null;
        }

        foreach (var link in links)
        {
            parts.Add(new ResponsePart(Text: null, Image: null, signature) { Link = link });
            signature = null;
        }
    }

    private byte[]? TakeSignature()
    {
        if (_signature is null)
        {
            return null;
        }

        memory.Take(_signature.Length);
        return sanitizer.Part(_signature.ToArray());
    }

    private IEnumerable<PendingImage> Images() => _dataImage is null ? _textImages : _textImages.Prepend(_dataImage);
}
