using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tokaify.Emulation;
using Xunit;
using static Tokaify.Tests.Emulator.EmulatorCaller;

namespace Tokaify.Tests.Emulator;

public sealed class EmulatorServingTests
{
    // Only for failures: a passing test takes far less.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(null)]
    [InlineData(EmulatorFault.Reset)]
    public async Task An_edit_that_its_client_has_cancelled_is_not_good_in_the_log(EmulatorFault? behindAGate)
    {
        using var folder = new TemporaryFolder();
        using var relay = new EmulatorCaller(new EmulatorOptions
        {
            LogPath = folder.File("log.jsonl"),
            Latency = TimeSpan.FromMilliseconds(200),
            Faults = behindAGate is { } fault ? [fault] : [],
            FaultRate = behindAGate is null ? 1 : 0,
        });

        await SendAndLeaveAsync(relay);
        while (relay.Emulator.RequestCount < 1)
        {
            await Task.Delay(1);
        }

        using var other = await relay.PostAsync(Edit());

        var lines = TemporaryFolder.LinesOf(folder.File("log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([false, true], lines.Select(line => line.GetProperty("good").GetBoolean()));
        Assert.Equal([0, 200], lines.Select(line => line.GetProperty("status").GetInt32()));
        Assert.Equal(1, relay.Emulator.GoodAnswerCount);
    }

    // A complete request on a connection that is closed after it.
    private static async Task SendAndLeaveAsync(EmulatorCaller relay)
    {
        var body = Edit();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Emulator.BaseUri.Port);
        var head = $"POST /{Address(Flash25)} HTTP/1.1\r\nHost: {relay.Emulator.BaseUri.Authority}\r\nAuthorization: Bearer a-key\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head + body));
    }

    [Fact]
    public void Listens_on_a_free_loopback_port_of_its_own()
    {
        using var one = RelayEmulator.Start();
        using var other = RelayEmulator.Start();

        Assert.Equal("127.0.0.1", one.BaseUri.Host);
        Assert.NotEqual(one.BaseUri.Port, other.BaseUri.Port);
    }

    [Fact]
    public void Reports_a_port_in_use()
    {
        using var one = RelayEmulator.Start();

        Assert.Throws<HttpListenerException>(() => RelayEmulator.Start(new EmulatorOptions { Port = one.BaseUri.Port }));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(65536, 0)]
    [InlineData(0, -1)]
    public void Refuses_an_invalid_port_or_latency(int port, int seconds) => Assert.Throws<ArgumentException>(
        () => RelayEmulator.Start(new EmulatorOptions { Port = port, Latency = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public async Task Listens_on_the_given_port()
    {
        int port;
        using (var first = RelayEmulator.Start())
        {
            port = first.BaseUri.Port;
        }

        using var relay = new EmulatorCaller(new EmulatorOptions { Port = port });
        using var response = await relay.Http.GetAsync("v1/models");

        Assert.Equal(port, relay.Emulator.BaseUri.Port);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Lists_models_of_every_kind_under_their_full_names()
    {
        using var relay = new EmulatorCaller();

        var list = JsonDocument.Parse(await relay.Http.GetStringAsync("v1beta/models?pageSize=100")).RootElement;

        Assert.Equal(JsonValueKind.Null, list.GetProperty("nextPageToken").ValueKind);
        Assert.Equal(
            [.. ModelCatalog.BuiltIn.Models.Select(model => "models/" + model.Name), "models/gemini-2.5-flash", "models/gemini-2.5-pro"],
            list.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()));
        Assert.All(list.GetProperty("models").EnumerateArray(), model =>
            Assert.Equal("generateContent", model.GetProperty("supportedGenerationMethods")[0].GetString()));
    }

    [Fact]
    public async Task Lists_models_in_the_other_form()
    {
        using var relay = new EmulatorCaller();

        var list = JsonDocument.Parse(await relay.Http.GetStringAsync("v1/models")).RootElement;

        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal(Flash25, list.GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Lists_models_in_Googles_form_to_Googles_clients_for_any_version_in_the_address()
    {
        using var relay = new EmulatorCaller();
        relay.Http.DefaultRequestHeaders.Authorization = null;
        relay.Http.DefaultRequestHeaders.Add("x-goog-api-key", "a-key");

        Assert.Equal(await relay.Http.GetStringAsync("v1beta/models"), await relay.Http.GetStringAsync("v1/models"));
        Assert.Equal(await relay.Http.GetStringAsync("v1beta/models/" + Flash31), await relay.Http.GetStringAsync("v1/models/" + Flash31));
    }

    [Fact]
    public async Task Edits_under_the_address_of_v1_as_well()
    {
        using var relay = new EmulatorCaller();

        using var response = await relay.Http.PostAsync($"v1/models/{Flash25}:generateContent", EmulatorCaller.Json(EmulatorCaller.Edit()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Describes_one_model()
    {
        using var relay = new EmulatorCaller();

        var model = JsonDocument.Parse(await relay.Http.GetStringAsync("v1beta/models/" + Flash31)).RootElement;
        using var unknown = await relay.Http.GetAsync("v1beta/models/gemini-9");

        Assert.Equal("models/" + Flash31, model.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("x-goog-api-key", "a-key", "")]
    [InlineData("X-Nothing", "", "?key=a-key")]
    public async Task Takes_a_key_as_Googles_clients_send_it(string header, string value, string query)
    {
        using var relay = new EmulatorCaller();
        relay.Http.DefaultRequestHeaders.Authorization = null;
        relay.Http.DefaultRequestHeaders.Add(header, value);

        using var response = await relay.Http.PostAsync(Address(Flash25) + query, Json(Edit()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("v1beta/models/gemini-2%2E5-flash-image:generateContent")]
    [InlineData("v1beta/models/gemini-2.5-flash-image%3AgenerateContent")]
    public async Task Takes_an_address_with_percent_escapes(string address)
    {
        using var relay = new EmulatorCaller();

        using var response = await relay.Http.PostAsync(address, Json(Edit()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Takes_a_chunked_body()
    {
        using var relay = new EmulatorCaller();
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(Flash25)) { Content = Json(Edit()) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await relay.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Sends_100_continue_to_a_client_that_expects_it()
    {
        using var relay = new EmulatorCaller();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Emulator.BaseUri.Port);
        using var reader = new StreamReader(client.GetStream());
        using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };

        await writer.WriteAsync(
            $"POST /{Address(Flash25)} HTTP/1.1\r\nHost: {relay.Emulator.BaseUri.Authority}\r\nAuthorization: Bearer a\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {Edit().Length}\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync().WaitAsync(s_timeout));
        Assert.Equal("", await reader.ReadLineAsync());
        await writer.WriteAsync(Edit());

        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync().WaitAsync(s_timeout));
    }

    [Fact]
    public async Task Keeps_a_connection_for_the_next_request()
    {
        using var emulator = RelayEmulator.Start();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, emulator.BaseUri.Port);
        using var reader = new StreamReader(client.GetStream());
        using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };

        foreach (var (model, statusLine) in new[] { (Flash25, "HTTP/1.1 200 OK"), ("gemini-9", "HTTP/1.1 404 Not Found"), (Flash25, "HTTP/1.1 200 OK") })
        {
            await writer.WriteAsync(
                $"POST /{Address(model)}?key=a HTTP/1.1\r\nHost: {emulator.BaseUri.Authority}\r\n" +
                $"Content-Type: application/json\r\nContent-Length: {Edit().Length}\r\n\r\n{Edit()}");

            Assert.Equal(statusLine, await reader.ReadLineAsync().WaitAsync(s_timeout));
            await SkipResponseAsync(reader);
        }

        Assert.Equal(3, emulator.RequestCount);
    }

    [Fact]
    public async Task Serves_many_clients_at_once_each_with_its_own_response()
    {
        using var relay = new EmulatorCaller();
        var prompts = Enumerable.Range(0, 24).Select(number => $"Number {number}").ToList();

        var small = Config("1:1", "512");
        var images = await Task.WhenAll(prompts.Select(prompt => relay.ImageAsync(Edit(prompt, config: small), Flash31)));

        Assert.Equal(prompts, images.Select(image => image.Text("Prompt")));
        Assert.Equal(24, relay.Emulator.RequestCount);
    }

    [Fact]
    public async Task Latency_delays_only_edits_and_stopping_ends_it()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Latency = TimeSpan.FromMinutes(30) });
        using var body = new SentContent(Edit());
        var edit = relay.Http.PostAsync(Address(Flash25), body);
        await body.Sent.WaitAsync(s_timeout);

        await relay.Http.GetStringAsync("v1/models").WaitAsync(s_timeout);
        using var refusal = await relay.PostAsync("{}").WaitAsync(s_timeout);
        Assert.False(edit.IsCompleted);

        relay.Emulator.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => edit.WaitAsync(s_timeout));
        Assert.Equal(2, relay.Emulator.RequestCount);
    }

    [Fact]
    public async Task An_edit_gets_its_response_when_its_latency_is_over()
    {
        using var relay = new EmulatorCaller(new EmulatorOptions { Latency = TimeSpan.FromMilliseconds(20) });

        Assert.Equal(HttpStatusCode.OK, (await relay.AskAsync(Edit())).Status);
    }

    [Fact]
    public async Task After_it_was_disposed_of_it_does_not_listen()
    {
        using var relay = new EmulatorCaller();
        relay.Emulator.Dispose();
        relay.Emulator.Dispose();

        await Assert.ThrowsAsync<HttpRequestException>(() => relay.Http.GetAsync("v1/models").WaitAsync(s_timeout));
    }

    /// <summary>Reads the rest of a response with a known length.</summary>
    private static async Task SkipResponseAsync(StreamReader reader)
    {
        var length = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
            }
        }

        Assert.NotEqual(0, length);
        Assert.Equal(length, await reader.ReadBlockAsync(new char[length], 0, length).WaitAsync(s_timeout));
    }

    /// <summary>A body that reports when it has been sent.</summary>
    private sealed class SentContent : StringContent
    {
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SentContent(string json)
            : base(json, System.Text.Encoding.UTF8, "application/json")
        {
        }

        public Task Sent => _sent.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await base.SerializeToStreamAsync(stream, context);
            _sent.TrySetResult();
        }
    }
}
