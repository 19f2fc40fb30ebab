using System.Diagnostics;
using System.Reflection;
using Xunit;

namespace Tokaify.Tests.Packaging;

public class SampleTests
{
    [Fact]
    public async Task The_sample_without_PowerShell_edits_the_sample_pictures()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", Metadata("Sample"), Metadata("SamplePictures"), folder.Path })
        {
            start.ArgumentList.Add(argument);
        }

        using var sample = Process.Start(start)!;
        var output = await Task.WhenAll(sample.StandardOutput.ReadToEndAsync(), sample.StandardError.ReadToEndAsync());
        await sample.WaitForExitAsync();
        Assert.True(sample.ExitCode == 0, string.Concat(output));
        Assert.Contains(folder.Path, output[0], StringComparison.Ordinal);
        var sources = Directory.GetFiles(Metadata("SamplePictures")).Where(file => !file.EndsWith(".md", StringComparison.Ordinal));
        Assert.Equal(
            sources.Select(file => $"{Path.GetFileNameWithoutExtension(file)}-edited.png").Order(),
            folder.Names);
    }

    private static string Metadata(string key) =>
        typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
