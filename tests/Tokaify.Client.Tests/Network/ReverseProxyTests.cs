using Tokaify.Emulation;
using Tokaify.Tests.Emulator;
using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>A real reverse proxy in front of the relay, with its own error pages and limits.</summary>
public sealed class ReverseProxyTests
{
    [FoundFact("nginx")]
    public async Task An_edit_passes_through()
    {
        using var emulator = RelayEmulator.Start();
        await SucceedsAsync(emulator, settings: "");
    }

    [FoundFact("nginx")]
    public async Task A_compressed_response_is_read()
    {
        using var emulator = RelayEmulator.Start();
        var log = await SucceedsAsync(emulator, "gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any;");

        Assert.Contains("200 gzip", log, StringComparison.Ordinal);
    }

    [FoundFact("nginx")]
    public async Task An_unbuffered_response_that_dribbles_in_is_read()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.Dribble] });
        await SucceedsAsync(emulator, "proxy_buffering off; proxy_request_buffering off;");
    }

    [FoundFact("nginx")]
    public async Task A_body_that_the_proxy_finds_too_large_is_named_as_that()
    {
        using var emulator = RelayEmulator.Start();
        using var nginx = await NginxServer.StartAsync(emulator.BaseUri, "client_max_body_size 1k;");
        using var caller = new ClientCaller(nginx.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.PayloadTooLarge, 413, 1), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Contains("(HTTP 413): 413 Request Entity Too Large. ", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, emulator.RequestCount);
    }

    [FoundFact("nginx")]
    public async Task A_body_far_too_large_is_named_as_that_as_well()
    {
        using var emulator = RelayEmulator.Start();
        using var nginx = await NginxServer.StartAsync(emulator.BaseUri, "client_max_body_size 1k;");
        using var caller = new ClientCaller(nginx.BaseUri);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("large.png"), [.. TestImages.Bytes("plain.png"), .. new byte[12 * 1024 * 1024]]);
        caller.Edit = caller.Edit with
        {
            Request = caller.Edit.Request with { Images = [SourceImage.Inspect(folder.File("large.png"))] },
        };

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.PayloadTooLarge, 413, 1), (error.ErrorId, error.StatusCode, error.Attempts));
    }

    [FoundFact("nginx")]
    public async Task A_relay_that_is_down_is_a_service_unavailable()
    {
        Uri nobody;
        await using (var server = new ScriptedServer(_ => null))
        {
            nobody = server.BaseUri;
        }

        using var nginx = await NginxServer.StartAsync(nobody);
        using var caller = new ClientCaller(nginx.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ServiceUnavailable, 502, 2), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Contains("(HTTP 502): 502 Bad Gateway. ", error.Message, StringComparison.Ordinal);
    }

    [FoundFact("nginx")]
    public async Task A_proxy_that_gives_up_waiting_is_a_timeout()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.Silence] });
        using var nginx = await NginxServer.StartAsync(emulator.BaseUri, "proxy_read_timeout 100ms;");
        using var caller = new ClientCaller(nginx.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.Timeout, 504, 2), (error.ErrorId, error.StatusCode, error.Attempts));
        Assert.Contains("(HTTP 504): 504 Gateway Time-out. ", error.Message, StringComparison.Ordinal);
    }

    [FoundFact("nginx")]
    public async Task A_body_cut_behind_the_proxy_is_a_failed_attempt()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.Cut] });
        using var nginx = await NginxServer.StartAsync(emulator.BaseUri);
        using var caller = new ClientCaller(nginx.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 2), (error.ErrorId, error.Attempts));
    }

    /// <returns>The log lines of the proxy.</returns>
    private static async Task<string> SucceedsAsync(RelayEmulator emulator, string settings)
    {
        using var nginx = await NginxServer.StartAsync(emulator.BaseUri, settings);
        using var caller = new ClientCaller(nginx.BaseUri);

        var result = await caller.EditAsync();

        Assert.Equal(1, result.Attempts);
        _ = new PngFile(File.ReadAllBytes(result.Path!));
        Assert.Equal(["cat-edited.png"], caller.Folder.Names);
        return nginx.Log;
    }
}
