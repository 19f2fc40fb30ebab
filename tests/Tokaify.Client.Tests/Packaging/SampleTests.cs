using System.Reflection;
using Xunit;

namespace Tokaify.Tests.Packaging;

public class SampleTests
{
    [Fact]
    public async Task The_sample_without_PowerShell_edits_the_sample_pictures()
    {
        using var folder = new TemporaryFolder();
        var run = await Programs.RunAsync(Programs.Start("dotnet", "exec", Metadata("Sample"), Metadata("SamplePictures"), folder.Path));
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
