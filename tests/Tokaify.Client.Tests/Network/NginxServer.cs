using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tokaify.Tests.Network;

/// <summary>nginx in front of a server, with the settings of a test.</summary>
internal sealed class NginxServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;

    private NginxServer(Uri upstream, string settings)
    {
        Port = FindFreePort();
        File.WriteAllText(_folder.File("nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log error.log;
            events {}
            http {
                log_format encoding '$status $sent_http_content_encoding';
                access_log access.log encoding;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                server {
                    listen 127.0.0.1:{{Port}};
                    client_max_body_size 64m;
                    location / {
                        proxy_pass {{upstream}};
                        proxy_http_version 1.1;
                        {{settings}}
                    }
                }
            }
            """);
        _process = Process.Start(
            Programs.Start(FoundFactAttribute.Find("nginx")!, "-p", _folder.Path, "-c", "nginx.conf", "-e", "error.log"))!;
    }

    public Uri BaseUri => new($"http://127.0.0.1:{Port}");

    /// <summary>A line for each request: its status, and its body's encoding or a dash.</summary>
    public string Log => File.ReadAllText(_folder.File("access.log"));

    private int Port { get; }

    /// <param name="upstream">The server behind it.</param>
    /// <param name="settings">Directives of the proxied location.</param>
    public static async Task<NginxServer> StartAsync(Uri upstream, string settings = "")
    {
        var server = new NginxServer(upstream, settings);
        while (!await server.IsListeningAsync())
        {
            await Task.Delay(10);
        }

        return server;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> IsListeningAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"nginx has ended: {await _process.StandardError.ReadToEndAsync()}");
        }

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FindFreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
