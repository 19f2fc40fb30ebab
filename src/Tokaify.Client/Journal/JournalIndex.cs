using System.Text.Json;

namespace Tokaify;

/// <summary>What a journal says was saved: a fingerprint and a place in the file for each, and nothing else in memory.</summary>
/// <remarks>Each saved request stands for one: of two rows that ask for the same, of which one is in the journal, the other
/// is sent.</remarks>
public sealed class JournalIndex
{
    private const int None = -1;

    // Entries of the same fingerprint form a chain, the oldest first.
    private readonly Dictionary<Key, int> _first = [];
    private readonly List<(long Offset, int Next)> _saved = [];
    private readonly string _path;

    private JournalIndex(string path) => _path = path;

    /// <summary>The number of requests that were saved and not yet found again.</summary>
    public int Count { get; private set; }

    /// <summary>Reads a journal. Lines that are none are passed over; a journal that is not there says nothing.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where it is there and cannot be read.</exception>
    public static JournalIndex Load(string path)
    {
        var index = new JournalIndex(path);
        if (!File.Exists(path))
        {
            return index;
        }

        try
        {
            index.Add(JournalLines.Read(path));
            return index;
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"The journal '{path}' cannot be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    /// <summary>Finds an edit that was saved before, and takes it off the list.</summary>
    /// <param name="edit">The edit; its fingerprint is known.</param>
    /// <returns>Its result, with those of the saved pictures that are still there; null where it has to be sent.</returns>
    public ImageEditResult? Take(ImageEdit edit)
    {
        var fingerprint = edit.Fingerprint ?? RequestFingerprint.Of(edit.Request);
        if (Key.TryParse(fingerprint.Value) is not { } key || !_first.TryGetValue(key, out var number))
        {
            return null;
        }

        var (offset, next) = _saved[number];
        Count--;
        if (next == None)
        {
            _first.Remove(key);
        }
        else
        {
            _first[key] = next;
        }

        return edit.ToResult(ImageEditStatus.Skipped, [.. PathsAt(offset).Where(path => MayOpen(path, edit)).Select(Inspect).OfType<SavedImage>()]);
    }

    private void Add(IEnumerable<(long Offset, ReadOnlyMemory<byte> Line)> lines)
    {
        var saved = new List<(Key Key, long Offset)>();
        foreach (var (offset, line) in lines)
        {
            if (JournalLine.SavedFingerprint(line.Span) is { } fingerprint && Key.TryParse(fingerprint) is { } key)
            {
                saved.Add((key, offset));
            }
        }

        // From the end, so that the first of a chain is the oldest.
        for (var index = saved.Count - 1; index >= 0; index--)
        {
            var (key, offset) = saved[index];
            _saved.Add((offset, _first.TryGetValue(key, out var next) ? next : None));
            _first[key] = _saved.Count - 1;
        }

        Count = saved.Count;
    }

    // The journal may have been rewritten since; then nothing is known of the pictures.
    private IReadOnlyList<string> PathsAt(long offset)
    {
        try
        {
            foreach (var (_, line) in JournalLines.Read(_path, offset))
            {
                return JournalLine.ImagePaths(line.Span);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            // It was removed.
        }

        return [];
    }

    // A share that the journal alone names is left alone: merely to look makes Windows log in there.
    private bool MayOpen(string path, ImageEdit edit) =>
        WindowsPath.IsLocalOrBeside(path, _path, edit.Folder.Path, edit.SourcePath);

    private static SavedImage? Inspect(string path)
    {
        try
        {
            return File.Exists(path) ? SavedImage.Inspect(path) : null;
        }
        catch (TokaifyException)
        {
            // Something else is there by now.
            return null;
        }
    }

    /// <summary>A SHA-256 in 32 bytes.</summary>
    private readonly record struct Key(ulong First, ulong Second, ulong Third, ulong Fourth)
    {
        private const int Length = 64;

        public static Key? TryParse(string text) =>
            text.Length == Length
                && Part(text, 0) is { } first && Part(text, 1) is { } second && Part(text, 2) is { } third && Part(text, 3) is { } fourth
                ? new Key(first, second, third, fourth)
                : null;

        private static ulong? Part(string text, int index)
        {
            const int Digits = 16;
            var part = 0UL;
            foreach (var character in text.Skip(index * Digits).Take(Digits))
            {
                var digit = "0123456789abcdef".IndexOf(character);
                if (digit < 0)
                {
                    return null;
                }

                part = (part << 4) | (uint)digit;
            }

            return part;
        }
    }
}

/// <summary>What is read of a journal's line. One that is torn, or somebody else's, says nothing.</summary>
internal static class JournalLine
{
    /// <summary>The fingerprint of a request whose pictures were saved; null for any other line.</summary>
    public static string? SavedFingerprint(ReadOnlySpan<byte> line)
    {
        string? outcome = null, fingerprint = null;
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(line));
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                if (reader.ValueTextEquals(JournalEntry.OutcomeField))
                {
                    outcome = ReadText(ref reader);
                }
                else if (reader.ValueTextEquals(JournalEntry.FingerprintField))
                {
                    fingerprint = ReadText(ref reader);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }

        return outcome == JournalEntry.Saved ? fingerprint : null;
    }

    /// <summary>The paths of the pictures that were saved.</summary>
    public static IReadOnlyList<string> ImagePaths(ReadOnlySpan<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(line).ToArray());
            return [.. document.RootElement.GetProperty(JournalEntry.ImagesField).EnumerateArray()
                .Select(image => image.GetProperty(JournalEntry.PathField).GetString())
                .OfType<string>()];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return [];
        }
    }

    // An editor may have put a byte order mark before the first line.
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line)
    {
        var mark = "\uFEFF"u8;
        return line.StartsWith(mark) ? line.Slice(mark.Length) : line;
    }

    private static string? ReadText(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
}
