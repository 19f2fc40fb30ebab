using System.Buffers;
using System.Text.Json;

namespace Tokaify;

/// <summary>Reads an answer of <c>generateContent</c> as it arrives: pictures go to their files while they do.</summary>
/// <remarks><see cref="Utf8JsonReader"/> reads the document over a small pooled buffer. Strings that may be long are
/// taken out of its sight: they are decoded piece by piece, and where one ended it is shown an empty string.</remarks>
internal sealed class ResponseReader : IDisposable
{
    private const int InitialBufferLength = 64 * 1024;
    private const int TokenLimit = 1024 * 1024;
    private const int BeginningLength = 4 * 1024;

    // An empty string is put where a long one was: its two quotes need a byte before the closing one.
    private const int HeadRoom = 1;

    private readonly Stream _body;
    private readonly AnswerHead _head;
    private readonly ResponseBuilder _builder;
    private readonly JsonStringDecoder _stringDecoder = new();
    private readonly MemoryStream _beginning = new();

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBufferLength);
    private int _start = HeadRoom;
    private int _end = HeadRoom;
    private bool _isComplete;

    private JsonReaderState _json;
    private bool _awaitsStreamedValue;
    private IStringTarget? _openString;

    private ResponseReader(Stream body, AnswerHead head, ResponseBuilder builder)
    {
        _body = body;
        _head = head;
        _builder = builder;
    }

    /// <summary>Reads one answer.</summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="head">What the answer said before its body, for errors.</param>
    /// <param name="newImage">Makes the file for a picture that begins.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What it held; the caller disposes of it.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.BadResponse"/>.</exception>
    public static async Task<GenerateContentResponse> ReadAsync(
        Stream body, AnswerHead head, Func<PendingImage> newImage, CancellationToken cancellationToken)
    {
        var response = new GenerateContentResponse();
        var builder = new ResponseBuilder(response, newImage);
        using var reader = new ResponseReader(body, head, builder);
        try
        {
            await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            response.Beginning = response.Images.Count == 0 ? reader.Beginning : null;
            return response;
        }
        catch (Exception exception)
        {
            builder.Discard();
            response.Dispose();
            if (exception is JsonException or BadResponseException)
            {
                throw reader.Explain(exception);
            }

            throw;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private string Beginning => ResponseText.From(_beginning.GetBuffer().AsSpan(0, (int)_beginning.Length));

    private async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        while (!_isComplete)
        {
            MakeRoom();
            var length = await _body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _isComplete = length == 0;
            KeepBeginning(length);
            _end += length;
            Parse();
        }
    }

    private void Parse()
    {
        while (true)
        {
            if (_openString is not null && !TryContinueString())
            {
                break;
            }

            if (_awaitsStreamedValue && !TryBeginStreamedValue())
            {
                break;
            }

            if (_openString is null && !TryReadTokens())
            {
                break;
            }
        }

        if (_isComplete && (_openString is not null || _awaitsStreamedValue))
        {
            throw new CutOffException();
        }
    }

    /// <summary>Reads tokens up to the next string that may be long.</summary>
    /// <returns>False when the buffer is used up.</returns>
    private bool TryReadTokens()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isComplete, _json);
        var reachedStreamedValue = false;
        while (!reachedStreamedValue && reader.Read())
        {
            reachedStreamedValue = _builder.Accept(ref reader);
        }

        _json = reader.CurrentState;
        _start += (int)reader.BytesConsumed;
        _awaitsStreamedValue = reachedStreamedValue;
        return reachedStreamedValue;
    }

    /// <summary>Looks whether a string begins where a long one may.</summary>
    /// <returns>False when the buffer is used up.</returns>
    private bool TryBeginStreamedValue()
    {
        while (_start < _end && _buffer[_start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _start++;
        }

        if (_start == _end)
        {
            return false;
        }

        _awaitsStreamedValue = false;
        if (_buffer[_start] == '"')
        {
            _start++;
            _stringDecoder.Begin();
            _openString = _builder.BeginString();
        }

        return true;
    }

    /// <summary>Hands on what has arrived of the open string.</summary>
    /// <returns>False when the buffer is used up.</returns>
    private bool TryContinueString()
    {
        var hasEnded = _stringDecoder.Decode(_buffer.AsSpan(_start, _end - _start), _openString!, out var consumed);
        _start += consumed;
        if (!hasEnded)
        {
            return false;
        }

        _openString!.End();
        _openString = null;
        _start -= 2;
        _buffer[_start] = (byte)'"';
        _buffer[_start + 1] = (byte)'"';
        return true;
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        if (length + HeadRoom == _buffer.Length)
        {
            Grow();
        }

        if (_start != HeadRoom)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer.AsSpan(HeadRoom));
            _start = HeadRoom;
            _end = HeadRoom + length;
        }
    }

    private void Grow()
    {
        if (_buffer.Length >= TokenLimit)
        {
            throw new BadResponseException($"a value in it is longer than {TokenLimit} bytes");
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void KeepBeginning(int length)
    {
        // A byte order mark is no JSON, and some proxies put one in.
        if (_beginning.Length == 0 && _buffer.AsSpan(_end, length).StartsWith("\uFEFF"u8))
        {
            _start += 3;
        }

        if (_beginning.Length < BeginningLength)
        {
            _beginning.Write(_buffer, _end, (int)Math.Min(length, BeginningLength - _beginning.Length));
        }
    }

    private TokaifyException Explain(Exception exception)
    {
        // The reader says of a document that ends early that it ended; any other flaw shows before the end.
        var isCutOff = exception is CutOffException || (_isComplete && exception is JsonException);
        return TokaifyErrors.BadResponse(exception, Beginning, isCutOff, _head);
    }

    private sealed class CutOffException() : JsonException("The document ends inside a string.");
}
