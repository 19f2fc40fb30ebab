namespace Tokaify;

/// <summary>The journals of an index, by number, and how far each has been read. Outside a folder of journals, there is only one.</summary>
internal sealed class JournalFiles
{
    private readonly List<(JournalPaths Paths, long End)> _files = [];
    private readonly Dictionary<string, int> _numbers = new(CanonicalPath.Comparer);

    /// <summary>The number of journals.</summary>
    public int Count => _files.Count;

    /// <summary>The journal with a number.</summary>
    public JournalPaths this[int number] => _files[number].Paths;

    /// <summary>The offset up to which a journal has been read.</summary>
    public long EndOf(int number) => _files[number].End;

    /// <summary>Sets the offset up to which a journal has been read.</summary>
    public void SetEnd(int number, long end) => _files[number] = (_files[number].Paths, end);

    /// <summary>Adds a journal, and all others of its folder.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    public void AddAll(JournalPaths own)
    {
        foreach (var file in own.Folder?.Files() ?? [])
        {
            NumberOf(file, own.Folder);
        }

        NumberOf(own);
    }

    /// <summary>Returns the number of a journal, which is added if it is not known.</summary>
    public int NumberOf(JournalPaths journal) => _numbers.TryGetValue(journal.Journal, out var number) ? number : Add(journal);

    private void NumberOf(string file, JournalFolder? folder)
    {
        if (!_numbers.ContainsKey(file))
        {
            NumberOf(new JournalPaths(file, folder));
        }
    }

    private int Add(JournalPaths journal)
    {
        _numbers.Add(journal.Journal, _files.Count);
        _files.Add((journal, 0));
        return _files.Count - 1;
    }
}
