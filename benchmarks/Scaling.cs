using System.Globalization;

namespace Tokaify.Benchmarks;

/// <summary>Measures the cost of the module as the work grows: more files, larger files, more requests in flight.</summary>
internal static class Scaling
{
    private const int Kilobyte = 1024;
    private const int Megabyte = 1024 * 1024;

    public static void Run(bool quick)
    {
        using var workplace = new Workplace();
        if (!Peer.OfPowerShell("scaling", workplace, "tokaify.ps1", []).IsInstalled())
        {
            return;
        }

        Console.WriteLine("\nAll figures are above those of an empty pwsh, run right before.");
        var counts = Files(workplace, quick ? [500] : [500, 5_000, 50_000]);
        var sizes = Sizes(workplace, quick ? [48] : [1, 12, 48, 100], quick ? 1 : 3);
        var flights = InFlight(workplace, quick ? [8] : [1, 4, 8, 16, 32, 64], quick ? 1 : 5);
        if (!quick)
        {
            SameWorkInFlight(workplace, [8, 64]);
            var image = Path.Combine(Workplace.Root(), "docs", "images", "scaling.svg");
            File.WriteAllText(image, ScalingImage.Draw(counts, sizes, flights));
            Console.WriteLine($"\nDrawn in {image}");
        }
    }

    private static List<Point> Files(Workplace workplace, int[] counts)
    {
        Head("files of 10 KB, 8 in flight", "CPU ms each", "peak MB");
        using var server = ResponseServer.Start(10 * Kilobyte);
        return [.. counts.Select(count =>
        {
            var cost = Edit(workplace, server, count, 10 * Kilobyte, throttleLimit: 8);
            return Row(count, cost.Cpu / count * 1000, cost.PeakMegabytes);
        })];
    }

    private static List<Point> Sizes(Workplace workplace, int[] megabytes, int runs)
    {
        Head("MB a file, 8 in flight, answers of 12 MB", "CPU ms a MB up and down", "peak MB");
        using var server = ResponseServer.Start(12 * Megabyte);
        return [.. megabytes.Select(size =>
        {
            const int Count = 16;
            var cost = Edit(workplace, server, Count, size * Megabyte, throttleLimit: 8, runs);
            return Row(size, cost.Cpu / (Count * (size + 12)) * 1000, cost.PeakMegabytes);
        })];
    }

    private static List<Point> InFlight(Workplace workplace, int[] limits, int runs)
    {
        const int Rounds = 5;
        Head($"in flight, {Rounds} rounds of 1 s", "wall time, to the ideal's", "peak MB");
        using var server = ResponseServer.Start(Megabyte, TimeSpan.FromSeconds(1));
        return [.. limits.Select(limit =>
        {
            var cost = Edit(workplace, server, limit * Rounds, 100 * Kilobyte, limit, runs);
            return Row(limit, cost.Wall / Rounds, cost.PeakMegabytes);
        })];
    }

    // In the rounds above, more requests in flight are also more edits, and the memory of a process grows with the code that it has run.
    private static void SameWorkInFlight(Workplace workplace, int[] limits)
    {
        const int Count = 320;
        Head($"in flight, {Count} edits in 5 s", "CPU ms each", "peak MB");
        foreach (var limit in limits)
        {
            using var server = ResponseServer.Start(Megabyte, TimeSpan.FromSeconds(5.0 * limit / Count));
            var cost = Edit(workplace, server, Count, 100 * Kilobyte, limit, runs: 3);
            Row(limit, cost.Cpu / Count * 1000, cost.PeakMegabytes);
        }
    }

    // The median of several runs.
    private static Measurement Edit(Workplace workplace, ResponseServer server, int count, int length, int throttleLimit, int runs = 1)
    {
        workplace.WriteSources(count, length);
        var peer = Peer.OfPowerShell(
            "scaling", workplace, "tokaify.ps1", [$"{server.Address}", workplace.Sources, workplace.Target, $"{throttleLimit}"]);
        return Measurement.Median([.. Enumerable.Range(0, runs).Select(_ =>
        {
            workplace.ClearOutput();
            var nothing = Measurement.Of("pwsh", "-NoProfile", "-NonInteractive", "-c", "1");
            var run = Measurement.Of(peer.Command, peer.Arguments);
            peer.Check(workplace);
            return new Measurement(run.Wall - nothing.Wall, run.Cpu - nothing.Cpu, run.PeakMemory - nothing.PeakMemory);
        })]);
    }

    private static void Head(string what, string cost, string memory) =>
        Console.WriteLine($"\n| {what} | {cost} | {memory} |\n| ---: | ---: | ---: |");

    private static Point Row(double x, double cost, double memory)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {x:N0} | {cost:0.00} | {memory:0} |"));
        return new Point(x, cost, memory);
    }
}

/// <summary>A point on a curve.</summary>
/// <param name="X">The varied number.</param>
/// <param name="Cost">The cost.</param>
/// <param name="Memory">The peak memory above an empty pwsh, in megabytes.</param>
internal sealed record Point(double X, double Cost, double Memory);
