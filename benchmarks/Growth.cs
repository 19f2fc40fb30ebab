using System.Globalization;

namespace Tokaify.Benchmarks;

/// <summary>Measures what a command keeps until it ends, by the number of sources: memory in use after a collection.</summary>
internal static class Growth
{
    /// <summary>Measures it.</summary>
    /// <param name="quick">Whether to use a tenth of the numbers.</param>
    public static void Run(bool quick)
    {
        var most = quick ? 1_000_000 : 10_000_000;
        Console.WriteLine("| kept | number | MB | bytes each |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var count in new[] { most / 100, most / 10, most })
        {
            Measure("names, with -Force, -SkipExisting or -WhatIf", count, () => ClaimNames(count));
        }

        foreach (var count in new[] { most / 1000, most / 10 })
        {
            using var journal = new TemporaryJournal(count);
            Measure("saved lines of a journal, with -Resume", count, () => JournalIndex.Load(journal.Path));
        }
    }

    private static void Measure(string what, int count, Func<object> make)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = make();
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(kept);
        Console.WriteLine(string.Format(
            CultureInfo.InvariantCulture, "| {0} | {1:N0} | {2:0.0} | {3:0} |", what, count, bytes / 1048576.0, (double)bytes / count));
    }

    private static NameClaims ClaimNames(int count)
    {
        var claims = new NameClaims();
        for (var number = 0; number < count; number++)
        {
            claims.TryTake($"/work/pictures/photo-{number}-edited");
        }

        return claims;
    }

    /// <summary>A journal of saved requests that differ from each other.</summary>
    private sealed class TemporaryJournal : IDisposable
    {
        public TemporaryJournal(int count)
        {
            using var writer = new StreamWriter(Path);
            var random = new Random(1);
            var digest = new byte[32];
            for (var number = 0; number < count; number++)
            {
                random.NextBytes(digest);
                writer.WriteLine($$"""{"outcome":"saved","fingerprint":"{{Convert.ToHexStringLower(digest)}}","images":[]}""");
            }
        }

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
