using System.Diagnostics;
using Tokaify.Tests.Responses;
using Xunit;
using Xunit.Abstractions;

namespace Tokaify.Tests.Hostile;

/// <summary>Bodies that would fill the memory or use the processor. Not in parallel with other tests, because the memory is measured for
/// the process.</summary>
[Collection(nameof(Alone))]
public sealed class HostileBodyTests(ITestOutputHelper output)
{
    private const long Endless = long.MaxValue;
    private const int Megabyte = 1024 * 1024;

    // In addition to the memory of an ordinary edit: garbage that is not collected yet, and the memory of the test.
    private const long MemoryLimit = MemoryBudget.ResponseLimit + (8 * Megabyte);

    private const string Parts = """{"candidates":[{"content":{"parts":[""";
    private const string End = """{"text":"end"}]}}]}""";
    private const string Last = "\"text\":\"end\"}]}}]}";

    private static readonly string s_long = new('x', 700 * 1024);
    private static readonly string s_medium = new('x', 10 * 1024);

    /// <summary>Bodies that are refused, and the words of the error.</summary>
    private static readonly Dictionary<string, Body> s_refused = new()
    {
        ["short texts"] = new(Parts, """{"text":"x"},""", End, Endless, "memory|longer than"),
        ["long texts"] = new(Parts, $$"""{"text":"{{s_medium}}"},""", End, Endless, "longer than"),
        ["one text"] = new(Parts + """{"text":" """, "x", """ "}]}}]}""", Endless, "longer than"),
        ["one text of escapes"] = new(Parts + """{"text":" """, "\\u00e9", """ "}]}}]}""", Endless, "longer than"),
        ["texts of many candidates"] = new("""{"candidates":[""", """{"content":{"parts":[{"text":"x"}]}},""", "{}]}", Endless, "memory|longer than"),
        ["signatures"] = new(Parts, $$"""{"text":"","thoughtSignature":"{{s_long}}"},""", End, Endless, "memory"),
        ["short signatures"] = new(Parts, """{"text":"","thoughtSignature":"x"},""", End, Endless, "memory"),
        ["one signature"] = new(Parts + """{"thoughtSignature":" """, "x", """ "}]}}]}""", Endless, "longer than"),
        ["parts that hold nothing"] = new(Parts, "{},", End, Endless, "memory"),
        ["a number"] = new("""{"x":""", "1", "}", Endless, "longer than"),
        ["a name"] = new("{\"", "x", "\":1}", Endless, "longer than"),
        ["a finish reason"] = new("""{"candidates":[{"finishReason":" """, "x", """ "}]}""", Endless, "longer than"),
        ["nesting"] = new("{\"x\":", "[", "", Endless, "not valid JSON"),
        ["beginnings of images in a text"] = new(Parts + """{"text":" """, "![a](data:image/png;base64,iVBORw0KGgo", """ "}]}}]}""", Endless, "longer than|begins more than"),
        ["beginnings of headers in a text"] = new(Parts + """{"text":" """, "![![", """ "}]}}]}""", Endless, "longer than"),
        ["descriptions of images in a text"] = new(Parts + """{"text":" """, "![" + new string('x', 509), """ "}]}}]}""", Endless, "longer than"),
        ["drafts of images"] = new(Parts, $$$"""{"thought":true,"inlineData":{"data":"{{{Response.Base64(Response.Png)}}}"}},""", End, Endless, "begins more than"),
    };

    /// <summary>Bodies that are read to their end without keeping their content.</summary>
    private static readonly Dictionary<string, Body> s_read = new()
    {
        ["spaces before"] = new("", " ", Parts + End, 64 * Megabyte),
        ["spaces inside"] = new(Parts, " \n\t", End, 64 * Megabyte),
        ["spaces behind"] = new(Parts + End, " ", "", 64 * Megabyte),
        ["empty objects in a field"] = new("""{"x":[""", "{},", """0],"candidates":[{"content":{"parts":[""" + End[..^2] + "]}", 16 * Megabyte),
        ["numbers in a field"] = new("""{"x":[""", "1,", """0],"candidates":[{"content":{"parts":[""" + End[..^2] + "]}", 16 * Megabyte),
        ["a string in a field"] = new("""{"x":" """, "x", """ ","candidates":[{"content":{"parts":[""" + End[..^2] + "]}", 64 * Megabyte),
        ["fields"] = new("{", "\"x\":1,", """ "candidates":[{"content":{"parts":[""" + End[..^2] + "]}", 16 * Megabyte),
        ["fields with long names"] = new("{", $"\"{s_long}\":1,", """ "candidates":[{"content":{"parts":[""" + End[..^2] + "]}", 16 * Megabyte),
        ["thoughts"] = new(Parts, """{"thought":true,"text":"x"},""", End, 16 * Megabyte),
        ["long thoughts"] = new(Parts, $$"""{"thought":true,"text":"{{s_long}}","thoughtSignature":"{{s_long}}"},""", End, 16 * Megabyte),
        ["the same text anew"] = new(Parts + "{", $"\"text\":\"{s_long}\",", Last, 16 * Megabyte),
        ["the same signature anew"] = new(Parts + "{", $"\"thoughtSignature\":\"{s_long}\",", Last, 16 * Megabyte),
        ["the same image anew"] = new(Parts + "{\"inlineData\":{", "\"data\":\"\",", "\"x\":1}," + Last, 10 * Megabyte),
        ["the same version anew"] = new("{", $"\"modelVersion\":\"{s_long}\",\"responseId\":\"{s_long}\",", """ "candidates":[{"content":{"parts":[""" + End[..^2] + "]}", 16 * Megabyte),
        ["empty candidates"] = new("""{"candidates":[""", "{},", """{"content":{"parts":[""" + End, 16 * Megabyte),
    };

    public static TheoryData<string> Refused => [.. s_refused.Keys];

    public static TheoryData<string> Read => [.. s_read.Keys];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_body_that_would_fill_the_memory_is_refused(string name)
    {
        var body = s_refused[name];
        var (stream, memory) = Open(body);

        var error = await Assert.ThrowsAsync<TokaifyException>(() => ReadAsync(stream));

        Assert.Equal(TokaifyErrorId.BadResponse, error.ErrorId);
        Assert.Matches(body.Words, error.Message);
        AssertMemory(stream, memory);
    }

    [Theory]
    [MemberData(nameof(Read))]
    public async Task Content_that_is_not_kept_takes_up_no_memory(string name)
    {
        var (stream, memory) = Open(s_read[name]);

        using var response = await ReadAsync(stream);

        Assert.Equal(["end"], response.Texts);
        Assert.InRange((response.ModelVersion + response.ResponseId).Length, 0, 100_000);
        AssertMemory(stream, memory);
    }

    // If a value were parsed again for each piece, it would take hundreds of times as long.
    [Theory]
    [InlineData("""{"modelVersion":" """, """ "}""")]
    [InlineData("""{"candidates":[{"finishReason":" """, """ "}]}""")]
    [InlineData("""{" """, """ ":1}""")]
    [InlineData("""{"error":{"message":" """, """ "}}""")]
    public async Task A_value_that_comes_in_tiny_pieces_takes_linear_time(string beginning, string end)
    {
        var streamed = await TimeAsync("""{"x":" """, """ "}""");
        var value = await TimeAsync(beginning, end);

        output.WriteLine($"{streamed.TotalMilliseconds:0} ms streamed, {value.TotalMilliseconds:0} ms as a value");
        Assert.True(value.TotalMilliseconds < 30 * Math.Max(20, streamed.TotalMilliseconds), $"{streamed} streamed, {value} as a value");
    }

    [Fact]
    public async Task Responses_of_a_command_share_a_budget_and_give_it_back()
    {
        using var command = MemoryBudget.ForCommand();
        var responses = new List<MemoryBudget>();
        for (var count = 0; count < MemoryBudget.CommandLimit / MemoryBudget.ResponseLimit; count++)
        {
            responses.Add(MemoryBudget.ForResponse(command));
            responses[^1].Take(MemoryBudget.ResponseLimit);
        }

        var options = new ReadingOptions { Memory = command };
        var (stream, _) = Open(s_read["long thoughts"]);
        var error = await Assert.ThrowsAsync<TokaifyException>(() => ReadAsync(stream, options));
        Assert.Contains("other responses of the command", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);

        responses[0].Dispose();
        (stream, _) = Open(s_read["long thoughts"]);
        (await ReadAsync(stream, options)).Dispose();
        responses.ForEach(response => response.Dispose());
        Assert.Equal(0, command.Used);
    }

    private static async Task<TimeSpan> TimeAsync(string beginning, string end)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(beginning + new string('x', 590 * 1024) + end);
        using var stream = new ChunkedStream(bytes, () => 2);
        var clock = Stopwatch.StartNew();
        (await ReadAsync(stream)).Dispose();
        return clock.Elapsed;
    }

    private static (EndlessStream Stream, long Memory) Open(Body body) => (
        new EndlessStream(body.Beginning, body.Repeated, body.End, body.Length), GC.GetTotalMemory(forceFullCollection: true));

    private static async Task<GenerateContentResponse> ReadAsync(Stream stream, ReadingOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return await ResponseReader.ReadAsync(
            stream,
            new ResponseHead(200, null, null),
            () => new ImageFolder(folder.Path).BeginImage(long.MaxValue),
            Edits.Errors,
            CancellationToken.None,
            (options ?? new ReadingOptions()) with { KeepsParts = true });
    }

    private void AssertMemory(EndlessStream stream, long before)
    {
        output.WriteLine($"{stream.BytesRead:N0} bytes read, {stream.PeakMemory - before:N0} bytes of memory at the most");
        Assert.InRange(stream.PeakMemory - before, long.MinValue, MemoryLimit);
    }

    private sealed record Body(string Beginning, string Repeated, string End, long Length, string Words = "");
}
