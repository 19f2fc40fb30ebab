using System.Text;

namespace Tokaify.Tests.Hostile;

/// <summary>A body that is generated while it is read: a beginning, a repeated part, an end.</summary>
/// <param name="beginning">What comes first.</param>
/// <param name="repeated">The repeated part.</param>
/// <param name="end">What comes last.</param>
/// <param name="length">The total length of the repeated part.</param>
internal sealed class EndlessStream(string beginning, string repeated, string end, long length) : ReadOnlyStream
{
    private const int SampleDistance = 4 * 1024 * 1024;

    private readonly byte[] _block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, Math.Max(1, 16 * 1024 / repeated.Length))));
    private readonly Queue<byte[]> _pieces = new(beginning.Length > 0 ? [Encoding.UTF8.GetBytes(beginning)] : []);
    private int _position;
    private long _repeated;
    private long _nextSample;
    private bool _hasEnded;

    /// <summary>The number of bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The maximum memory in use, in bytes, measured every 4 MB.</summary>
    public long PeakMemory { get; private set; }

    protected override ValueTask<int> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (BytesRead >= _nextSample)
        {
            _nextSample = BytesRead + SampleDistance;
            PeakMemory = Math.Max(PeakMemory, GC.GetTotalMemory(forceFullCollection: true));
        }

        if (_pieces.Count == 0 && !TryAddPiece())
        {
            return new(0);
        }

        var piece = _pieces.Peek();
        var count = Math.Min(buffer.Length, piece.Length - _position);
        piece.AsSpan(_position, count).CopyTo(buffer.Span);
        _position += count;
        BytesRead += count;
        if (_position == piece.Length)
        {
            _pieces.Dequeue();
            _position = 0;
        }

        return new(count);
    }

    private bool TryAddPiece()
    {
        if (_repeated < length)
        {
            _repeated += _block.Length;
            _pieces.Enqueue(_block);
            return true;
        }

        if (_hasEnded || end.Length == 0)
        {
            return false;
        }

        _hasEnded = true;
        _pieces.Enqueue(Encoding.UTF8.GetBytes(end));
        return true;
    }
}
