using System.Reflection;
using Tokaify.Emulation;
using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>The command behind a proxy with authentication. In a separate process, because the environment's proxies are
/// read once in a process's life.</summary>
public sealed class CommandProxyTests
{
    private const string PowerShell = "pwsh";

    [FoundFact(PowerShell)]
    public async Task Goes_through_the_proxy_of_its_parameters()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);

        var output = await EditAsync(
            "http://relay.test/",
            $"-Proxy {proxy.Address} -ProxyCredential ([pscredential]::new('{ForwardProxy.UserName}', "
            + $"[Net.NetworkCredential]::new('', '{ForwardProxy.Password}').SecurePassword))");

        Assert.Equal("Saved", output);
        Assert.StartsWith("200 POST http://relay.test/v1beta/", proxy.Lines[^1], StringComparison.Ordinal);
    }

    [FoundFact(PowerShell)]
    public async Task Names_the_parameter_that_a_proxy_misses()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);

        var output = await EditAsync("http://relay.test/", $"-Proxy {proxy.Address}");

        Assert.StartsWith("ConnectionFailed,", output, StringComparison.Ordinal);
        Assert.Contains("-ProxyCredential", output, StringComparison.Ordinal);
    }

    [FoundFact(PowerShell)]
    public async Task Goes_through_the_environments_proxy_for_http()
    {
        using var emulator = RelayEmulator.Start();
        using var proxy = new ForwardProxy(emulator.BaseUri);

        var output = await EditAsync("http://relay.test/", "", ("HTTP_PROXY", proxy.AddressWithCredential));

        Assert.Equal("Saved", output);
        Assert.StartsWith("200 POST http://relay.test/v1beta/", proxy.Lines[^1], StringComparison.Ordinal);
    }

    [FoundFact(PowerShell)]
    public async Task Goes_through_the_environments_proxy_for_https_and_still_looks_at_the_certificate()
    {
        await using var server = TlsServer.Start();
        using var proxy = new ForwardProxy(server.BaseUri);

        var output = await EditAsync("https://relay.test/", "", ("HTTPS_PROXY", proxy.AddressWithCredential));

        Assert.Contains("200 CONNECT relay.test:443 HTTP/1.1", proxy.Lines);
        Assert.StartsWith("ConnectionFailed,", output, StringComparison.Ordinal);
        Assert.Contains("No TLS connection to relay.test", output, StringComparison.Ordinal);
    }

    /// <returns>The result's status, or the error's id and message.</returns>
    private static async Task<string> EditAsync(string baseUri, string parameters, params (string Name, string Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        var start = Programs.Start(
            FoundFactAttribute.Find(PowerShell)!,
            "-NoProfile",
            "-NonInteractive",
            "-Command",
            $$"""
            $ErrorActionPreference = 'Stop'
            $ProgressPreference = 'SilentlyContinue'
            Import-Module '{{Path.Combine(ModuleFolder, "Tokaify.PowerShell.psd1")}}'
            $result = Invoke-TokaifyImageEdit 'Make it evening.' '{{TestImages.Path("plain.png")}}' -Destination '{{folder.Path}}' `
                -BaseUri {{baseUri}} -AllowUnencryptedAuthentication -MaximumRetryCount 0 -ErrorAction SilentlyContinue `
                -ErrorVariable failures {{parameters}}
            $result.Status
            $failures | ForEach-Object { "$($_.FullyQualifiedErrorId) $($_.Exception.Message)" }
            """);
        foreach (var name in new[] { "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY" })
        {
            start.Environment.Remove(name);
            start.Environment.Remove(name.ToLowerInvariant());
        }

        start.Environment["TOKAIFY_API_KEY"] = "a-key";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return (await Programs.RunAsync(start)).Output.Trim();
    }

    private static string ModuleFolder => typeof(CommandProxyTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "ModuleFolder").Value!;
}
