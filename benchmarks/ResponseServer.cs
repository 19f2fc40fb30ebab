using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tokaify.Benchmarks;

/// <summary>A server that responds at once: it discards the body of the request and sends a canned response. It is a separate
/// process, so that the figures of the clients do not include its work; <c>GET /</c> returns its own CPU time.</summary>
internal sealed class ResponseServer : IDisposable
{
    private readonly Process _process;

    private ResponseServer(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts one.</summary>
    /// <param name="responseLength">The bytes of the image in each response.</param>
    /// <param name="delay">The wait before each response.</param>
    public static ResponseServer Start(int responseLength, TimeSpan delay = default)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in Measurement.OwnArguments("server", $"{responseLength}", $"{delay.TotalMilliseconds:0}"))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        return new ResponseServer(process, new Uri(process.StandardOutput.ReadLine()!));
    }

    /// <summary>The seconds of CPU it has taken so far.</summary>
    public double CpuSeconds()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.TotalSeconds;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    public static async Task RunAsync(int responseLength, TimeSpan delay)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Console.WriteLine($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/");
        var response = MakeResponse(responseLength);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptAsync(), response, delay);
        }
    }

    private static async Task ServeAsync(Socket connection, byte[] response, TimeSpan delay)
    {
        using (connection)
        {
            connection.NoDelay = true;
            var buffer = new byte[256 * 1024];
            var length = 0;
            try
            {
                while (true)
                {
                    int headLength;
                    while ((headLength = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
                    {
                        var read = await connection.ReceiveAsync(buffer.AsMemory(length));
                        if (read == 0)
                        {
                            return;
                        }

                        length += read;
                    }

                    var head = Encoding.ASCII.GetString(buffer, 0, headLength);
                    length = await SkipBodyAsync(connection, head, buffer, headLength + 4, length);
                    if (delay > TimeSpan.Zero)
                    {
                        await Task.Delay(delay);
                    }

                    await connection.SendAsync(response);
                }
            }
            catch (SocketException)
            {
                // The client is done.
            }
        }
    }

    private static async Task<int> SkipBodyAsync(Socket connection, string head, byte[] buffer, int start, int length)
    {
        if (head.Contains("100-continue", StringComparison.OrdinalIgnoreCase))
        {
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        }

        var left = BodyLength(head) - (length - start);
        while (left > 0)
        {
            left -= await connection.ReceiveAsync(buffer);
        }

        return 0;
    }

    private static long BodyLength(string head)
    {
        const string Name = "content-length:";
        var line = head.Split("\r\n").FirstOrDefault(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    private static byte[] MakeResponse(int length)
    {
        var body = Responses.Document(Responses.Image(length, seed: 1));
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. head, .. body];
    }
}

/// <summary>The requests and responses of the benchmarks.</summary>
internal static class Responses
{
    /// <summary>Noise that begins as a PNG of 1024×1024.</summary>
    public static byte[] Image(int length, int seed)
    {
        var image = new byte[length];
        new Random(seed).NextBytes(image);
        ReadOnlySpan<byte> header = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0, 4, 0, 8, 2, 0, 0, 0];
        header.CopyTo(image);
        return image;
    }

    /// <summary>A response of generateContent with one image.</summary>
    public static byte[] Document(byte[] image)
    {
        var data = new byte[Base64.GetMaxEncodedToUtf8Length(image.Length)];
        Base64.EncodeToUtf8(image, data, out _, out var length);
        return
        [
            .. """{"candidates":[{"content":{"role":"model","parts":[{"inlineData":{"mimeType":"image/png","data":" """u8[..^1],
            .. data.AsSpan(0, length),
            .. """ "}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":270,"candidatesTokenCount":1290,"totalTokenCount":1560},"modelVersion":"gemini-2.5-flash-image"}"""u8[1..],
        ];
    }
}
