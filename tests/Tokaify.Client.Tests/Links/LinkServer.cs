using System.Text.Json;

namespace Tokaify.Tests.Links;

/// <summary>A relay whose responses to edits have links, and the server for these links on the same origin.</summary>
internal sealed class LinkServer : IAsyncDisposable
{
    private readonly ScriptedServer _server;
    private readonly Dictionary<string, Queue<ScriptedResponse>> _pages = [];

    public LinkServer() => _server = new ScriptedServer(Response);

    public Uri BaseUri => _server.BaseUri;

    /// <summary>The parts of the response to an edit, as JSON.</summary>
    public string Parts { get; set; } = "";

    /// <summary>The text after the parts in the response.</summary>
    public string End { get; set; } = """]},"finishReason":"STOP"}]}""";

    /// <summary>The requests for pages, in their order.</summary>
    public IReadOnlyList<RecordedRequest> Gets => [.. _server.Requests.Where(request => request.RequestLine.StartsWith("GET ", StringComparison.Ordinal))];

    /// <summary>The number of edits.</summary>
    public int Edits => _server.Requests.Count - Gets.Count;

    /// <summary>An address on this server.</summary>
    public string At(string path) => new Uri(BaseUri, path).AbsoluteUri;

    /// <summary>Responds to edits with a text.</summary>
    public LinkServer Says(string text)
    {
        Parts = $$"""{"text":{{JsonSerializer.Serialize(text)}}}""";
        return this;
    }

    /// <summary>Sets the responses for a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="responses">The responses, in order; the last one is repeated.</param>
    public LinkServer Has(string path, params ScriptedResponse[] responses)
    {
        _pages["/" + path] = new Queue<ScriptedResponse>(responses);
        return this;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>A response with an image.</summary>
    public static ScriptedResponse Image(string name = "plain.png") => ScriptedResponse.Of(200, TestImages.Bytes(name), "Content-Type: image/png");

    /// <summary>A redirect.</summary>
    public static ScriptedResponse Redirect(string location, int status = 302) => ScriptedResponse.Of(status, "", $"Location: {location}");

    private ScriptedResponse Response(RecordedRequest request)
    {
        var words = request.RequestLine.Split(' ');
        if (words[0] == "POST")
        {
            return ScriptedResponse.Json(200, """{"candidates":[{"content":{"parts":[""" + Parts + End);
        }

        return !_pages.TryGetValue(words[1], out var responses) ? ScriptedResponse.Html(404, "Not here.")
            : responses.Count > 1 ? responses.Dequeue()
            : responses.Peek();
    }
}
