using System.Globalization;

namespace Tokaify.Tests;

/// <summary>A received request.</summary>
internal sealed class RecordedRequest(string head)
{
    private readonly string[] _lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Such as <c>POST /v1beta/models HTTP/1.1</c>.</summary>
    public string RequestLine => _lines[0];

    /// <summary>All lines before the body.</summary>
    public string Head => head;

    /// <summary>The names of the headers.</summary>
    public IEnumerable<string> HeaderNames => _lines.Skip(1).Select(line => line.Split(':')[0]);

    public byte[] Body { get; private set; } = [];

    /// <summary>SHA-256, hexadecimal.</summary>
    public string BodyDigest { get; private set; } = "";

    public long? ContentLength => Header("Content-Length") is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : null;

    /// <summary>A header's value; null if there is none.</summary>
    public string? Header(string name) => _lines.Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();

    /// <summary>Sets the body.</summary>
    /// <param name="body">Empty if only its digest is kept.</param>
    /// <param name="digest">SHA-256, hexadecimal.</param>
    public void SetBody(byte[] body, string digest)
    {
        Body = body;
        BodyDigest = digest;
    }
}
