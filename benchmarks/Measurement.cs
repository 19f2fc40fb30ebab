using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tokaify.Benchmarks;

/// <summary>The cost of a whole process, its children's CPU time included.</summary>
/// <param name="Wall">Seconds.</param>
/// <param name="Cpu">Seconds, user and system.</param>
/// <param name="PeakMemory">The peak memory of its largest process, in bytes.</param>
internal sealed record Measurement(double Wall, double Cpu, long PeakMemory)
{
    public double PeakMegabytes => PeakMemory / 1024.0 / 1024.0;

    /// <summary>Runs a command in a separate process, which then asks the system for the command's cost.</summary>
    public static Measurement Of(string command, params string[] arguments)
    {
        var report = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            foreach (var argument in OwnArguments("measure", report, command).Concat(arguments))
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<Measurement>(File.ReadAllText(report))!
                : throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} failed.");
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>The median of several runs, for each figure separately.</summary>
    public static Measurement Median(IReadOnlyCollection<Measurement> runs) => new(
        Middle(runs.Select(run => run.Wall)),
        Middle(runs.Select(run => run.Cpu)),
        (long)Middle(runs.Select(run => (double)run.PeakMemory)));

    /// <summary>The arguments that start this program again.</summary>
    public static IEnumerable<string> OwnArguments(params string[] words) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? words.Prepend(typeof(Measurement).Assembly.Location)
            : words;

    /// <summary>Runs a command as this process's only child.</summary>
    public static void RunHere(string report, string[] command)
    {
        var start = new ProcessStartInfo(command[0]);
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        // For systems that keep no figure for ended processes.
        long peak = 0;
        while (OperatingSystem.IsWindows() && !process.WaitForExit(10))
        {
            process.Refresh();
            peak = Math.Max(peak, process.PeakWorkingSet64);
        }

        process.WaitForExit();
        var wall = clock.Elapsed.TotalSeconds;
        var measured = OperatingSystem.IsWindows()
            ? new Measurement(wall, process.TotalProcessorTime.TotalSeconds, peak)
            : OfChildren(wall);
        File.WriteAllText(report, JsonSerializer.Serialize(measured));
        Environment.ExitCode = process.ExitCode;
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static unsafe Measurement OfChildren(double wall)
    {
        // struct rusage: two timevals, then ru_maxrss, in kilobytes on Linux and in bytes on macOS.
        const int Children = -1;
        var usage = stackalloc long[32];
        if (GetResourceUsage(Children, usage) != 0)
        {
            throw new InvalidOperationException("getrusage failed.");
        }

        var cpu = usage[0] + usage[2] + ((Microseconds(usage[1]) + Microseconds(usage[3])) / 1e6);
        return new Measurement(wall, cpu, OperatingSystem.IsMacOS() ? usage[4] : usage[4] * 1024);

        // On macOS only the lower half of the field is the number.
        static long Microseconds(long value) => value & 0xFFFFFFFF;
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern unsafe int GetResourceUsage(int who, long* usage);
}
