namespace Tokaify;

/// <summary>Reads the search results of a response. Values that are too long or too many are left out instead of being an error, because
/// the images of the response are paid for.</summary>
/// <param name="response">Receives the results.</param>
/// <param name="sanitizer">The sanitizer for the texts.</param>
internal sealed class GroundingReader(GenerateContentResponse response, TextSanitizer sanitizer)
{
    /// <summary>The greatest number of sources.</summary>
    public const int MostSources = 100;

    // The limits in bytes.
    private const int TitleLimit = 1024;
    private const int UriLimit = 8 * 1024;
    private const int EntryPointLimit = 64 * 1024;

    private Utf8Text? _title;
    private Utf8Text? _uri;
    private Utf8Text? _imageUri;

    /// <summary>Begins a string at a node of the search results.</summary>
    /// <returns>The sink for the string; null if the node is not one of the search results.</returns>
    public IStringSink? Begin(Node place) => place switch
    {
        Node.SourceTitle => _title = Text(TitleLimit),
        Node.SourceUri => _uri = Text(UriLimit),
        Node.SourceImageUri => _imageUri = Text(UriLimit),
        Node.RenderedContent => new EntryPoint(this),
        _ => null,
    };

    /// <summary>Adds the source that has been read.</summary>
    public void EndSource()
    {
        var source = new GroundingSource(Take(ref _title, isUri: false), Take(ref _uri, isUri: true), Take(ref _imageUri, isUri: true));
        if (source is not { Title: null, Uri: null, ImageUri: null } && response.Sources.Count < MostSources)
        {
            response.Sources.Add(source);
        }
    }

    private static Utf8Text Text(int limit) => new(limit) { CutsOff = true };

    // A cut address is useless, or is the address of something else.
    private string? Take(ref Utf8Text? text, bool isUri)
    {
        var said = text is null || (isUri && text.IsCut) ? null : sanitizer.Line(text.ToString(), text.IsCut);
        text?.Release();
        text = null;
        return string.IsNullOrEmpty(said) ? null : said;
    }

    private sealed class EntryPoint(GroundingReader reader) : IStringSink
    {
        private readonly Utf8Text _text = Text(EntryPointLimit);

        public int AppendRun(ReadOnlySpan<byte> json) => 0;

        public void Append(ReadOnlySpan<byte> utf8) => _text.Append(utf8);

        // Cut HTML may leave a tag open.
        public void End()
        {
            if (!_text.IsCut && _text.Length > 0)
            {
                reader.SetEntryPoint(_text.ToString());
            }

            _text.Release();
        }
    }

    private void SetEntryPoint(string html) => response.SearchEntryPoint ??= sanitizer.Lines(html);
}
