using System.Diagnostics;
using System.Globalization;

namespace Tokaify.Benchmarks;

/// <summary>
/// Compares the module with its peers, and with an earlier build of itself if one is given: whole processes, the same edits, the same
/// server, in turns.
/// </summary>
internal static class Comparison
{
    private const int ResponseLength = 2 * 1024 * 1024;
    private const int SourceLength = 6 * 1024 * 1024;
    private const int SourceCount = 24;

    public static void Run(bool quick, string? baseline)
    {
        using var workplace = new Workplace();
        workplace.WriteSources(SourceCount, SourceLength);
        using var server = ResponseServer.Start(ResponseLength);
        var peers = Peers(workplace, server.Address, baseline).Where(peer => peer.IsInstalled()).ToList();
        var runs = peers.ToDictionary(peer => peer, _ => new List<Measurement>());
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < (quick ? 1 : 5); round++)
        {
            foreach (var peer in peers)
            {
                workplace.ClearOutput();
                runs[peer].Add(Measurement.Of(peer.Command, peer.Arguments));
                peer.Check(workplace);
            }
        }

        var busy = server.CpuSeconds() / clock.Elapsed.TotalSeconds;
        Console.WriteLine(FormattableString.Invariant(
            $"\n{SourceCount} edits, {SourceLength >> 20} MB up and {ResponseLength >> 20} MB down each; medians of {runs[peers[0]].Count}. The server took {busy:P0} of one core.\n"));
        Print(peers.ToDictionary(peer => peer.Name, peer => Measurement.Median(runs[peer])));
    }

    private static void Print(Dictionary<string, Measurement> medians)
    {
        var nothing = medians.GetValueOrDefault(Peer.EmptyPowerShell);
        var floor = medians.GetValueOrDefault(Peer.Floor);
        Console.WriteLine("| client | wall s | CPU s | peak MB | CPU above an empty pwsh, to the floor's |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, median) in medians)
        {
            var ratio = floor is null ? null : Ratio(name, median, nothing, floor);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {median.Wall:0.00} | {median.Cpu:0.00} | {median.PeakMegabytes:0} | {ratio:0.0} |"));
        }
    }

    private static double? Ratio(string name, Measurement median, Measurement? nothing, Measurement floor) =>
        name.Contains("PowerShell", StringComparison.Ordinal) || name.Contains("module", StringComparison.Ordinal)
            ? (median.Cpu - nothing?.Cpu) / floor.Cpu
            : name == Peer.EmptyPowerShell ? null : median.Cpu / floor.Cpu;

    private static IEnumerable<Peer> Peers(Workplace workplace, Uri server, string? baseline)
    {
        string[] common = [server.ToString(), workplace.Sources, workplace.Target];
        yield return Peer.OfPowerShell("the module, -ThrottleLimit 4", workplace, "tokaify.ps1", [.. common, "4"]);
        yield return Peer.OfPowerShell("the module, -ThrottleLimit 8", workplace, "tokaify.ps1", [.. common, "8"]);
        if (baseline is not null)
        {
            yield return Peer.OfPowerShell("the module before, -ThrottleLimit 4", workplace, "tokaify.ps1", [.. common, "4", baseline]);
            yield return Peer.OfPowerShell("the module before, -ThrottleLimit 8", workplace, "tokaify.ps1", [.. common, "8", baseline]);
        }

        yield return Peer.OfPowerShell("PowerShell script, Invoke-RestMethod, one at a time", workplace, "invoke-restmethod.ps1", common);
        yield return Peer.OfPowerShell("PowerShell script, ForEach-Object -Parallel, 8 at a time", workplace, "invoke-restmethod-parallel.ps1", common);
        yield return new Peer("@google/genai on Node, one at a time", "node", [Workplace.PeerPath("genai.mjs"), .. common, "1"])
        {
            Needs = Workplace.PeerPath("node_modules/@google/genai/package.json"),
        };
        yield return new Peer("@google/genai on Node, 8 at a time", "node", [Workplace.PeerPath("genai.mjs"), .. common, "8"])
        {
            Needs = Workplace.PeerPath("node_modules/@google/genai/package.json"),
        };
        yield return new Peer("Python standard library, one at a time", "python3", [Workplace.PeerPath("stdlib.py"), .. common]);
        yield return new Peer("curl, base64, jq, a process each", "bash", [Workplace.PeerPath("curl.sh"), .. common])
        {
            AlsoNeeds = ["curl", "base64", "jq"],
        };
        var requests = workplace.EncodeRequests();
        yield return new Peer(Peer.Floor, "curl", workplace.CurlArguments(server, requests)) { SavesImages = false };
        yield return new Peer(Peer.EmptyPowerShell, "pwsh", ["-NoProfile", "-NonInteractive", "-c", "1"]) { SavesImages = false };
    }
}

/// <summary>A client to compare with.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Command">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Peer(string Name, string Command, string[] Arguments)
{
    public const string Floor = "curl, one process, bodies encoded beforehand (the floor)";
    public const string EmptyPowerShell = "pwsh -NoProfile -c 1";

    /// <summary>A required file.</summary>
    public string? Needs { get; init; }

    /// <summary>Required programs besides the command.</summary>
    public string[] AlsoNeeds { get; init; } = [];

    public bool SavesImages { get; init; } = true;

    public static Peer OfPowerShell(string name, Workplace workplace, string script, string[] arguments) =>
        new(name, "pwsh", ["-NoProfile", "-NonInteractive", "-File", Workplace.PeerPath(script), .. arguments])
        {
            Needs = script == "tokaify.ps1" ? workplace.Module : null,
        };

    public bool IsInstalled()
    {
        var missing = AlsoNeeds.Prepend(Command).FirstOrDefault(program => !IsOnPath(program))
            ?? (Needs is null || File.Exists(Needs) || Directory.Exists(Needs) ? null : Needs);
        if (missing is not null)
        {
            Console.WriteLine($"Left out, for want of {missing}: {Name}");
        }

        return missing is null;
    }

    /// <summary>Checks that the client has saved its images.</summary>
    public void Check(Workplace workplace)
    {
        var saved = Directory.GetFiles(workplace.Target).Length;
        if (SavesImages && saved != workplace.SourceCount)
        {
            throw new InvalidOperationException($"{Name} saved {saved} pictures of {workplace.SourceCount}.");
        }
    }

    private static bool IsOnPath(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe")));
}
