using System.Management.Automation;
using Tokaify.Tests;
using Xunit;

namespace Tokaify.Hosted.Tests;

public class HostedTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_host_gets_typed_results()
    {
        using var session = new Session();
        var result = Assert.Single(session.Run("Start-TokaifyEmulator; Get-Item $args[0] | Invoke-TokaifyImageEdit 'Make it blue.'", session.Image));
        Assert.Equal("Tokaify.ImageEditResult", result.TypeNames[0]);
        Assert.Equal(session.Image, result.Properties["SourcePath"].Value);
        Assert.True(File.Exists((string)result.Properties["Path"].Value));
    }

    [Fact]
    public void A_hosts_own_version_of_a_dependency_and_the_modules_live_side_by_side()
    {
        var hosts = typeof(Polly.ResiliencePipelineBuilder).Assembly;
        using var session = new Session();
        // The first attempt fails: before that, the module does not load its own version.
        var result = Assert.Single(session.Run(
            "Start-TokaifyEmulator -Fault Unavailable -FaultRate 0.5 -FaultSeed 16; Invoke-TokaifyImageEdit 'x' $args[0]", session.Image));
        Assert.Equal(2, result.Properties["Attempts"].Value);
        var loaded = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => assembly.GetName().Name == "Polly.Core")
            .ToList();
        Assert.Equal(2, loaded.Count);
        Assert.Contains(hosts, loaded);
        Assert.Equal(2, loaded.Select(assembly => FileVersion(assembly.Location)).Distinct().Count());
    }

    [Fact]
    public async Task Stop_cancels_what_is_in_flight_and_leaves_nothing()
    {
        using var session = new Session();
        using var silence = new SilentServer();
        using var pipeline = session.Pipeline(
            "$env:TOKAIFY_API_KEY = 'key'; Invoke-TokaifyImageEdit 'x' $args[0] -BaseUri $args[1] -MaximumRetryCount 0",
            session.Image, silence.Address);
        var running = pipeline.BeginInvoke();
        await silence.Request.WaitAsync(s_timeout);
        await Task.Run(pipeline.Stop).WaitAsync(s_timeout);
        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(running));
        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
        Assert.Equal(["cat.png"], session.Folder.EnumerateFiles().Select(file => file.Name));
    }

    [Fact]
    public async Task Two_runspaces_of_one_process_work_at_once()
    {
        using var first = new Session();
        using var second = new Session();
        var context = first.Run("Start-TokaifyEmulator -PassThru");
        second.Run("Connect-Tokaify -Context $args[0]", context[0]);
        var results = await Task.WhenAll(
            Task.Run(() => first.Run("@($args[0]) * 8 | Invoke-TokaifyImageEdit 'x'", first.Image)),
            Task.Run(() => second.Run("@($args[0]) * 8 | Invoke-TokaifyImageEdit 'x'", second.Image)));
        Assert.All(results, each => Assert.Equal(8, each.Count));
    }

    [Fact]
    public void Errors_and_verbose_lines_reach_the_streams_of_the_pipeline()
    {
        using var session = new Session();
        using var pipeline = session.Pipeline(
            "Start-TokaifyEmulator; 'nowhere.png', $args[0] | Invoke-TokaifyImageEdit 'x' -Verbose", session.Image);
        Assert.Single(pipeline.Invoke());
        var error = Assert.Single(pipeline.Streams.Error);
        Assert.StartsWith("FileNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Contains(pipeline.Streams.Verbose, line => line.Message.StartsWith("Saved '", StringComparison.Ordinal));
    }

    private static string? FileVersion(string path) => System.Diagnostics.FileVersionInfo.GetVersionInfo(path).FileVersion;
}
