using System.Collections.Concurrent;
using System.Reflection;

namespace Tokaify.Tests;

/// <summary>The tests that are skipped here, each with its reason: the items <c>SkippedTest</c> of the project.</summary>
internal sealed class SkipList
{
    private readonly List<Entry> _entries = [.. typeof(SkipList).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Where(metadata => metadata.Key == "Skip")
        .Select(metadata => Entry.Parse(metadata.Value!))
        .Where(entry => entry.Applies)];

    private readonly ConcurrentQueue<string> _notes = new();

    /// <summary>The reason for skipping a test; null if it is not skipped.</summary>
    /// <param name="name">The display name without <c>Tokaify.Tests.</c>.</param>
    public string? ReasonFor(string name)
    {
        var entry = _entries.Find(entry => entry.Covers(name));
        if (entry is not null)
        {
            entry.Count++;
        }

        return entry?.Reason;
    }

    /// <summary>The entries that skipped no test, and have to be removed.</summary>
    public IEnumerable<string> Unused => _entries.Where(entry => entry.Count == 0 && !entry.IsNotCompiled).Select(entry => entry.Name);

    /// <summary>A line for each entry, and for each reason from the tests themselves.</summary>
    public IEnumerable<string> Lines => _entries
        .Select(entry => $"  {entry.Name} ({(entry.IsNotCompiled ? "not compiled" : $"{entry.Count} skipped")}): {entry.Reason}")
        .Concat(_notes.GroupBy(reason => reason).Select(notes => $"  by themselves ({notes.Count()} skipped): {notes.Key}"));

    /// <summary>Notes that a test has skipped itself.</summary>
    public void Note(string reason) => _notes.Enqueue(reason);

    private sealed class Entry
    {
        public required string Name { get; init; }

        public required string Reason { get; init; }

        public required bool IsNotCompiled { get; init; }

        public required bool Applies { get; init; }

        public int Count { get; set; }

        public static Entry Parse(string value)
        {
            var parts = value.Split(['|'], 4);
            return new Entry
            {
                Name = parts[0],
                Applies = parts[1] switch
                {
                    "mono" => Type.GetType("Mono.Runtime") is not null,
                    "windows" => OperatingSystem.IsWindows(),
                    _ => true,
                },
                IsNotCompiled = parts[2].Length > 0,
                Reason = parts[3],
            };
        }

        public bool Covers(string name) =>
            name.StartsWith(Name, StringComparison.Ordinal) && (name.Length == Name.Length || name[Name.Length] is '.' or '(' or ',' || Name.EndsWith(")"));
    }
}
