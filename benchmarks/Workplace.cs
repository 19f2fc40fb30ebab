using System.Diagnostics;
using System.Globalization;

namespace Tokaify.Benchmarks;

/// <summary>The folder of a benchmark: sources, and a target folder for the responses.</summary>
internal sealed class Workplace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokaify-bench-");

    public Workplace()
    {
        Directory.CreateDirectory(Sources);
        Directory.CreateDirectory(Target);
    }

    public string Sources => Path.Combine(_folder.FullName, "sources");

    public string Target => Path.Combine(_folder.FullName, "target");

    public int SourceCount { get; private set; }

    /// <summary>The module that the build staged.</summary>
    public string Module { get; } = Path.Combine(Root(), "output", "Tokaify.PowerShell");

    public static string PeerPath(string name) => Path.Combine(Root(), "benchmarks", "peers", name);

    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokaify.PowerShell.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository was not found above the program.");
        }

        return folder.FullName;
    }

    public void WriteSources(int count, int length)
    {
        Clear(Sources);
        SourceCount = count;
        var image = Responses.Image(length, seed: 0);
        for (var number = 0; number < count; number++)
        {
            // Each image differs in one number, so that no cache sees the same image twice.
            BitConverter.TryWriteBytes(image.AsSpan(length - sizeof(int)), number);
            File.WriteAllBytes(Path.Combine(Sources, string.Create(CultureInfo.InvariantCulture, $"{number:000000}.png")), image);
        }
    }

    public void ClearOutput()
    {
        Clear(Target);
        Settle();
    }

    // Large numbers of files are moved aside until the end: for some minutes after a deletion, ext4 goes through the inodes one by one
    // for each new file.
    private void Clear(string folder)
    {
        const int Many = 100;
        if (Directory.GetFiles(folder).Length > Many)
        {
            Directory.Move(folder, Path.Combine(_folder.FullName, $"aside-{Guid.NewGuid():N}"));
        }
        else
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
    }

    // Otherwise the first images that are flushed to the disk would wait for the sources and for deleted files.
    private static void Settle()
    {
        if (!OperatingSystem.IsWindows())
        {
            using var sync = Process.Start("sync");
            sync.WaitForExit();
        }
    }

    /// <summary>Every source's request, encoded.</summary>
    public string[] EncodeRequests()
    {
        var requests = Directory.CreateDirectory(Path.Combine(_folder.FullName, "requests")).FullName;
        return
        [
            .. Directory.GetFiles(Sources).Order(StringComparer.Ordinal).Select(source =>
            {
                var request = Path.Combine(requests, Path.GetFileNameWithoutExtension(source) + ".json");
                File.WriteAllText(
                    request,
                    $$$"""{"contents":[{"role":"user","parts":[{"text":"Make it blue."},{"inline_data":{"mime_type":"image/png","data":"{{{Convert.ToBase64String(File.ReadAllBytes(source))}}}"}}]}],"generationConfig":{"responseModalities":["IMAGE"]}}""");
                return request;
            }),
        ];
    }

    /// <summary>One curl process that sends them all over one connection and saves the responses unchanged.</summary>
    public string[] CurlArguments(Uri server, string[] requests)
    {
        var config = Path.Combine(_folder.FullName, "curl.config");
        File.WriteAllText(config, string.Join("next\n", requests.Select(request =>
            $"""
            silent
            url = "{server}v1beta/models/gemini-2.5-flash-image:generateContent"
            header = "Authorization: Bearer key"
            header = "Content-Type: application/json"
            header = "Expect:"
            data-binary = "@{request}"
            output = "{Path.Combine(Target, Path.GetFileName(request))}"

            """)));
        return ["--config", config];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
