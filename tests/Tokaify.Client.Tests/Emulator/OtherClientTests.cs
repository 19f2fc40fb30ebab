using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Tokaify.Emulation;
using Xunit;

namespace Tokaify.Tests.Emulator;

/// <summary>Clients of other projects: the relay's own examples, run unchanged.</summary>
public sealed class OtherClientTests
{
    // In JSON, and in the form in which Python prints it.
    private static readonly Regex s_data = new("""['"]data['"]:\s*['"]([A-Za-z0-9+/=]+)['"]""");

    [ToolFact("sh", "-c", "curl --version")]
    public Task The_pages_curl_line_gets_an_image() => RunAsync("sh", "edit.sh", 1024, 1024);

    [ToolFact("sh", "-c", "curl --version")]
    public Task The_other_pages_curl_line_gets_a_wide_image() => RunAsync("sh", "edit-wide.sh", 1584, 672);

    [ToolFact("python3", "-c", "import requests")]
    public Task The_pages_Python_example_gets_an_image() => RunAsync("python3", "edit.py", 1024, 1024);

    [ToolFact("python3", "--version")]
    public Task Python_alone_gets_an_image() => RunAsync("python3", "edit_urllib.py", 1024, 1024);

    private static async Task RunAsync(string program, string script, int width, int height)
    {
        using var emulator = RelayEmulator.Start();
        var start = Programs.Start(
            program,
            Path.Combine(RepositoryRoot(), "tests", "other-clients", script),
            emulator.BaseUri.GetLeftPart(UriPartial.Authority),
            EmulatorCaller.Dot);
        start.Environment["TOKAIFY_API_KEY"] = "a-key";
        start.Environment["NO_PROXY"] = "127.0.0.1";

        var run = await Programs.RunAsync(start);

        Assert.True(run.ExitCode == 0, run.Errors);
        var png = new PngFile(Convert.FromBase64String(s_data.Match(run.Output).Groups[1].Value));
        Assert.Equal((width, height), (png.Width, png.Height));
        Assert.Equal((width + 1) * height, png.Inflate().Length);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}

/// <summary>A test that is skipped with its reason if a program cannot be run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string program, params string[] arguments)
    {
        if (!Runs(program, arguments))
        {
            Skip = $"Left out: '{program} {string.Join(' ', arguments)}' does not run here.";
        }
    }

    private static bool Runs(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(Programs.Start(program, arguments))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
