using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tokaify.Tests;

/// <summary>A request as it came over the wire.</summary>
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

    /// <summary>A header's value; null where there is none.</summary>
    public string? Header(string name) => _lines.Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();

    /// <summary>Reads the next request of a connection; null where no more comes.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="keepsBody">Whether the body is kept, or its digest only.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<RecordedRequest?> ReadAsync(
        Stream stream, bool keepsBody = true, CancellationToken cancellationToken = default)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var request = new RecordedRequest(Encoding.Latin1.GetString([.. head]));
        await request.ReadBodyAsync(stream, keepsBody, cancellationToken);
        return request;
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';

    private async Task ReadBodyAsync(Stream stream, bool keepsBody, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var left = ContentLength ?? 0; left > 0;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken);
            if (read == 0)
            {
                throw new IOException("The request was cut off.");
            }

            digest.AppendData(buffer, 0, read);
            if (keepsBody)
            {
                body.Write(buffer, 0, read);
            }

            left -= read;
        }

        Body = body.ToArray();
        BodyDigest = Convert.ToHexString(digest.GetHashAndReset());
    }
}
