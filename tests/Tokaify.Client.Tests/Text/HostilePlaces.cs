using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokaify.Tests.Text;

/// <summary>The places of a response where a service can put a text, by name, with the bytes of a response that has the text
/// there.</summary>
internal static class HostilePlaces
{
    private static readonly string s_image = Convert.ToBase64String(TestImages.Bytes("palette.png"));

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyDictionary<string, Func<string, byte[]>> All { get; } = new Dictionary<string, Func<string, byte[]>>
    {
        ["a status line"] = text => Bytes($"HTTP/1.1 {text}\r\n\r\n"),
        ["no status line"] = text => Bytes($"{text}\r\n\r\n"),
        ["a reason phrase"] = text => Bytes($"HTTP/1.1 500 {text}\r\nContent-Length: 0\r\n\r\n"),
        ["a header's name"] = text => Bytes($"HTTP/1.1 400 Bad\r\nX {text}: y\r\nContent-Length: 0\r\n\r\n"),
        ["a header without a value"] = text => Bytes($"HTTP/1.1 400 Bad\r\n{text}\r\nContent-Length: 0\r\n\r\n"),
        ["a request id"] = text => Head(400, "", $"X-Request-Id: {text}"),
        ["a length"] = text => Bytes($"HTTP/1.1 400 Bad\r\nContent-Length: 1{text}\r\n\r\n"),
        ["a content type"] = text => Head(400, "{}", $"Content-Type: {text}"),
        ["a content encoding"] = text => Head(400, "{}", $"Content-Encoding: {text}"),
        ["a transfer encoding"] = text => Bytes($"HTTP/1.1 400 Bad\r\nTransfer-Encoding: {text}\r\n\r\n"),
        ["a location"] = text => Head(302, "", $"Location: {text}"),
        ["a challenge"] = text => Head(401, "", $"WWW-Authenticate: {text}"),
        ["a wait"] = text => Head(429, "", $"Retry-After: {text}"),
        ["an early hint"] = text => [.. Bytes($"HTTP/1.1 103 Early\r\nLink {text}\r\n\r\n"), .. Head(400, "{}")],
        ["a chunk's length"] = text => Bytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{text}\r\n{{}}\r\n0\r\n\r\n"),
        ["a chunk's extension"] = text => Bytes($"HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2;{text}\r\n{{}}\r\n0\r\n\r\n"),
        ["the end of a chunk"] = text => Bytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}{text}\r\n0\r\n\r\n"),
        ["a trailer"] = text => Bytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n{text}\r\n\r\n"),
        ["an error's message"] = text => Head(401, $$$"""{"error":{"message":{{{Json(text)}}},"code":"x"}}"""),
        ["an error's code"] = text => Head(400, $$$"""{"error":{"message":"No.","code":{{{Json(text)}}}}}"""),
        ["an error's status"] = text => Head(400, $$$"""{"error":{"message":"No.","status":{{{Json(text)}}}}}"""),
        ["an error's type"] = text => Head(400, $$$"""{"error":{"type":{{{Json(text)}}}}}"""),
        ["an error that is a text"] = text => Head(403, $$$"""{"error":{{{Json(text)}}}}"""),
        ["a request id in a message"] = text => Head(400, $$$"""{"error":{"message":{{{Json($"No. (request id: {text})")}}}}}"""),
        ["an error's unknown field"] = text => Head(400, $$$"""{"error":{"message":"No.","details":[{{{Json(text)}}}]}}"""),
        ["an error in a good response"] = text => Head(200, $$$"""{"error":{"message":{{{Json(text)}}},"code":503}}"""),
        ["a compressed error"] = text => Compressed($$$"""{"error":{"message":{{{Json(text)}}}}}"""),
        ["plain text"] = text => Head(500, text, "Content-Type: text/plain"),
        ["a page's title"] = text => Head(502, $"<html><head><title>{text}</title></head><body>x</body></html>", "Content-Type: text/html"),
        ["a page's text"] = text => Head(502, $"<html><body><p>Sorry: <b>{text}</b></p></body></html>", "Content-Type: text/html"),
        ["a page's text, between tags"] = text => Head(502, $"<html><body>{string.Join("<b></b>", text.Chunk(5).Select(chunk => new string(chunk)))}</body></html>"),
        ["a page with status 200"] = text => Head(200, $"<!doctype html><title>{text}</title>", "Content-Type: text/html"),
        ["a literal that JSON does not have"] = text => Head(200, $$$"""{"a":t{{{text}}}}"""),
        ["a property's name"] = text => Head(200, $$$"""{{{{Json(text)}}}:[}"""),
        ["a body that is cut off"] = text => [.. ScriptedResponse.Head(200, "Connection: close"), .. Bytes($$$"""{"responseId":{{{Json(text)}}},"candidates":[""")],
        ["a finish reason without a picture"] = text => Head(200, $$$"""{"candidates":[{"finishReason":{{{Json(text)}}}}]}"""),
        ["a finish message"] = text => Head(200, $$$"""{"candidates":[{"finishReason":"OTHER","finishMessage":{{{Json(text)}}}}]}"""),
        ["a block reason"] = text => Head(200, $$$"""{"promptFeedback":{"blockReason":{{{Json(text)}}}}}"""),
        ["a block reason's message"] = text => Head(200, $$$"""{"promptFeedback":{"blockReason":"OTHER","blockReasonMessage":{{{Json(text)}}}}}"""),
        ["a text without a picture"] = text => Head(200, $$$"""{"candidates":[{"content":{"parts":[{"text":{{{Json(text)}}}}]}}]}"""),
        ["texts without a picture"] = text => Head(200, $$$"""{"candidates":[{"content":{"parts":[{{{Pieces(text)}}}]}}]}"""),
        ["a response id without a picture"] = text => Head(200, $$$"""{"candidates":[],"responseId":{{{Json(text)}}}}"""),
        ["a text"] = text => Saved($$$"""{"text":{{{Json(text)}}}},"""),
        ["texts"] = text => Saved(Pieces(text) + ","),
        ["a draft"] = text => Saved($$$"""{"thought":true,"text":{{{Json(text)}}}},"""),
        ["a signature"] = text => Saved($$$"""{"text":"a","thoughtSignature":{{{Json(text)}}}},"""),
        ["a picture's type"] = text => Saved($$$"""{"inlineData":{"mimeType":{{{Json(text)}}},"data":"{{{s_image}}}"}},"""),
        ["a finish reason"] = text => Saved("", $$$""","finishReason":{{{Json(text)}}}"""),
        ["a response id"] = text => Saved("", more: $$$""","responseId":{{{Json(text)}}}"""),
        ["a model version"] = text => Saved("", more: $$$""","modelVersion":{{{Json(text)}}}"""),
        ["a request id of a good response"] = text => Head(200, Document("", "", ""), $"X-Request-Id: {text}"),
        ["Markdown that is no picture"] = text => Saved($$$"""{"text":{{{Json($"![x](data:image/png;base64,{text})")}}}},"""),
    };

    private static byte[] Saved(string parts, string candidate = "", string more = "") => Head(200, Document(parts, candidate, more));

    private static string Document(string parts, string candidate, string more) =>
        $$$"""{"candidates":[{"content":{"parts":[{{{parts}}}{"inlineData":{"mimeType":"image/png","data":"{{{s_image}}}"}}]}{{{candidate}}}}]{{{more}}}}""";

    private static string Pieces(string text) =>
        string.Join(",", text.Chunk(5).Select(piece => $$$"""{"text":{{{Json(new string(piece))}}}}"""));

    // Escapes in the text are kept. Characters that JSON does not allow are escaped.
    private static string Json(string text) => JsonSerializer.Serialize(text, s_json).Replace(@"\\u", @"\u", StringComparison.Ordinal);

    private static byte[] Compressed(string body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Bytes(body));
        }

        var bytes = compressed.ToArray();
        return [.. ScriptedResponse.Head(400, "Content-Encoding: gzip", $"Content-Length: {bytes.Length}"), .. bytes];
    }

    private static byte[] Head(int status, string body, params string[] headers)
    {
        var bytes = Bytes(body);
        return [.. Bytes($"HTTP/1.1 {status} Scripted\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {bytes.Length}\r\n\r\n"), .. bytes];
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
