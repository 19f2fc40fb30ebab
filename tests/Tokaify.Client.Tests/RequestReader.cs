using System.Security.Cryptography;
using System.Text;

namespace Tokaify.Tests;

/// <summary>Reads the requests of one connection.</summary>
internal sealed class RequestReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Reads the next request.</summary>
    /// <param name="keepsBody">Whether the body is kept, or its digest only.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The request; null if the connection has ended.</returns>
    public async Task<RecordedRequest?> ReadAsync(bool keepsBody = true, CancellationToken cancellationToken = default)
    {
        var head = new StringBuilder();
        while (!EndsHead(head))
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return null;
            }

            head.Append((char)_buffer[_start++]);
        }

        var request = new RecordedRequest(head.ToString());
        await ReadBodyAsync(request, keepsBody, cancellationToken);
        return request;
    }

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }

    private async Task ReadBodyAsync(RecordedRequest request, bool keepsBody, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var body = new MemoryStream();
        for (var left = request.ContentLength ?? 0; left > 0;)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                throw new IOException("The request was cut off.");
            }

            var count = (int)Math.Min(left, _end - _start);
            digest.AppendData(_buffer, _start, count);
            if (keepsBody)
            {
                body.Write(_buffer, _start, count);
            }

            _start += count;
            left -= count;
        }

        request.SetBody(body.ToArray(), Convert.ToHexString(digest.GetHashAndReset()));
    }
}
