using System.Reflection;
using Xunit;

namespace Tokaify.Tests.Packaging;

public class SampleTests
{
    [Theory]
    [InlineData(null)]
    // As on a processor without these instructions.
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task The_sample_without_PowerShell_edits_the_sample_images(string? switchedOff)
    {
        using var folder = new TemporaryFolder();
        var start = Programs.Start("dotnet", "exec", Metadata("Sample"), Metadata("SamplePictures"), folder.Path);
        if (switchedOff is not null)
        {
            start.Environment[switchedOff] = "0";
        }

        var run = await Programs.RunAsync(start);
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Contains(folder.Path, run.Output, StringComparison.Ordinal);
        var sources = Directory.GetFiles(Metadata("SamplePictures")).Where(file => !file.EndsWith(".md", StringComparison.Ordinal));
        Assert.Equal(
            sources.Select(file => $"{Path.GetFileNameWithoutExtension(file)}-edited.png").Order(StringComparer.Ordinal),
            folder.Names);
    }

    private static string Metadata(string key) =>
        typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
