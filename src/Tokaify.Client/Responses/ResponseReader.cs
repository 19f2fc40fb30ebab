using System.Buffers;
using System.Text.Json;

namespace Tokaify;

/// <summary>Reads a response of <c>generateContent</c> as it arrives. Images are written to their files while the response is
/// read.</summary>
/// <remarks><see cref="Utf8JsonReader"/> reads the document over a small pooled buffer. Strings that may be long are hidden from it: they
/// are decoded piece by piece, and the reader gets an empty string in place of each.</remarks>
internal sealed class ResponseReader : IDisposable
{
    private const int InitialBufferLength = 64 * 1024;
    private const int TokenLimit = 1024 * 1024;
    private const int BeginningLength = 4 * 1024;

    // A value that has not ended yet is parsed again from its beginning. From this length on, that is done only when its length has
    // doubled, so that the time stays proportional to the length, however small the pieces are.
    private const int LongValueLength = 1024;

    // A long string is replaced by an empty one: the opening quote and a comma before it need two bytes before the closing quote.
    private const int HeadRoom = 2;

    private readonly Stream _body;
    private readonly ResponseBuilder _builder;
    private readonly MemoryBudget _memory;
    private readonly JsonStringDecoder _stringDecoder = new();
    private readonly MemoryStream _beginning = new();

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBufferLength);
    private int _start = HeadRoom;
    private int _end = HeadRoom;
    private bool _isComplete;
    private bool _hasBegun;
    private int _lengthToParse;

    private JsonReaderState _json;
    private bool _awaitsStreamedValue;
    private IStringSink? _openString;
    private bool _hasCommaBefore;

    private ResponseReader(Stream body, ResponseBuilder builder, MemoryBudget memory)
    {
        _body = body;
        _builder = builder;
        _memory = memory;
    }

    /// <summary>Reads one response.</summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="head">Status and headers of the response, for errors.</param>
    /// <param name="newImage">Creates the file for an image that begins.</param>
    /// <param name="errors">Creates the errors; its sanitizer is used for all texts of the response.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="options">Further options; null for the defaults.</param>
    /// <returns>The content; the caller disposes of it. If the response could not be read to its end, it holds the complete images, and
    /// <see cref="GenerateContentResponse.Flaw"/> says why.</returns>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.BadResponse"/>, if no image is complete.</exception>
    public static async Task<GenerateContentResponse> ReadAsync(
        Stream body,
        ResponseHead head,
        Func<PendingImage> newImage,
        TokaifyErrors errors,
        CancellationToken cancellationToken,
        ReadingOptions? options = null)
    {
        options ??= ReadingOptions.Default;
        var response = new GenerateContentResponse
        {
            Parts = options.KeepsParts ? [] : null,
            Memory = MemoryBudget.ForResponse(options.Memory),
            RequestId = head.RequestId,
        };
        using var builder = new ResponseBuilder(response, newImage, errors.Text);
        using var reader = new ResponseReader(body, builder, response.Memory);
        try
        {
            await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            response.Text = errors.Text.Join(response.Texts);
            response.Beginning = response.Images.Count == 0 ? reader.Beginning(errors.Text) : null;
            return response;
        }
        catch (Exception exception) when (exception is JsonException or BadResponseException)
        {
            var isCutOff = reader.IsCutOff(exception);
            if (ResponseFlaw.TryKeepImages(response, exception, builder.IsInImage))
            {
                return Flawed(response, ResponseFlaw.Of(exception, errors.BadResponse(exception, reader.Beginning(errors.Text), isCutOff, head)));
            }

            response.Dispose();
            await reader.CompleteBeginningAsync(cancellationToken).ConfigureAwait(false);
            throw errors.BadResponse(exception, reader.Beginning(errors.Text), isCutOff, head);
        }
        catch (Exception exception) when (!options.Stop.IsCancellationRequested && ResponseFlaw.TryKeepImages(response, exception, builder.IsInImage))
        {
            return Flawed(response, ResponseFlaw.Of(exception, exception as TokaifyException));
        }
        catch
        {
            response.Dispose();
            throw;
        }

        GenerateContentResponse Flawed(GenerateContentResponse response, ResponseFlaw flaw)
        {
            response.Text = errors.Text.Join(response.Texts);
            response.Flaw = flaw;
            return response;
        }
    }

    /// <summary>Looks for an error in a body, as far as it can be read.</summary>
    /// <returns>The error; null if the body has none.</returns>
    public static async Task<ServiceError?> FindErrorAsync(Stream body, TextSanitizer text, CancellationToken cancellationToken)
    {
        using var response = new GenerateContentResponse();
        using var builder = new ResponseBuilder(response, () => throw new BadResponseException("an error contains a picture"), text);
        using var reader = new ResponseReader(body, builder, response.Memory);
        try
        {
            await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JsonException or BadResponseException)
        {
            // The part that was read before is used.
        }

        return response.Error;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private ResponseText Beginning(TextSanitizer text) => ResponseText.Of(
        _beginning.GetBuffer().AsSpan(0, (int)_beginning.Length), isCut: !_isComplete || _beginning.Length == BeginningLength, text);

    private async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        while (!_isComplete)
        {
            await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
            if (HasBegun() && (_end - _start >= _lengthToParse || _end == _buffer.Length || _isComplete))
            {
                Parse();
            }
        }
    }

    private async Task ReadMoreAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        // If the data is always available, the reads never wait, and would not check the token.
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var length = await _body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _isComplete = length == 0;
            KeepBeginning(length);
            _end += length;
        }
        catch (Exception exception) when (IsDecompressionError(exception))
        {
            throw new BadResponseException("its compression is damaged", exception) { IsDamage = true };
        }
    }

    /// <summary>Whether it is the exception that the streams of gzip, deflate and Brotli throw for invalid data.</summary>
    internal static bool IsDecompressionError(Exception exception) =>
        exception is InvalidDataException or InvalidOperationException and not ObjectDisposedException;

    /// <summary>Skips a byte order mark: it is not JSON, and some proxies insert one.</summary>
    /// <returns>False while the rest of one may still arrive.</returns>
    private bool HasBegun()
    {
        if (_hasBegun)
        {
            return true;
        }

        var mark = "\uFEFF"u8;
        var start = _buffer.AsSpan(_start, Math.Min(_end - _start, mark.Length));
        if (!_isComplete && start.Length < mark.Length && mark.StartsWith(start))
        {
            return false;
        }

        _hasBegun = true;
        _start += start.SequenceEqual(mark) ? mark.Length : 0;
        return true;
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

        var length = _end - _start;
        _lengthToParse = length > LongValueLength ? length * 2 : 0;
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

    /// <summary>Checks whether a string begins where a long one is expected.</summary>
    /// <returns>False when the buffer is used up.</returns>
    private bool TryBeginStreamedValue()
    {
        SkipSpaces();
        _hasCommaBefore = _start < _end && _buffer[_start] == ',';
        if (_hasCommaBefore)
        {
            // The comma is moved right before the next value, because the JSON reader still needs it.
            _start++;
            SkipSpaces();
            _buffer[--_start] = (byte)',';
        }

        var next = _hasCommaBefore ? _start + 1 : _start;
        if (next == _end)
        {
            return false;
        }

        _awaitsStreamedValue = false;
        if (_buffer[next] == '"')
        {
            _start = next + 1;
            _stringDecoder.Begin();
            _openString = _builder.BeginString();
        }

        return true;
    }

    private void SkipSpaces()
    {
        while (_start < _end && _buffer[_start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _start++;
        }
    }

    /// <summary>Passes the received part of the open string to its sink.</summary>
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
        _buffer[--_start] = (byte)'"';
        _buffer[--_start] = (byte)'"';
        if (_hasCommaBefore)
        {
            _buffer[--_start] = (byte)',';
        }

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

        _memory.Take(_buffer.Length);
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void KeepBeginning(int length)
    {
        if (_beginning.Length < BeginningLength)
        {
            _beginning.Write(_buffer, _end, (int)Math.Min(length, BeginningLength - _beginning.Length));
        }
    }

    // An error shows more of the body than the piece that could not be read.
    private async Task CompleteBeginningAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_isComplete && _beginning.Length < BeginningLength)
            {
                _start = _end = HeadRoom;
                await ReadMoreAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or BadResponseException)
        {
            // No more data will come: the rest is read from the buffer.
        }
    }

    // A document that ends too early fails at its end; any other damage is found before the end.
    private bool IsCutOff(Exception exception) => exception switch
    {
        BadResponseException flaw => flaw.IsDamage,
        CutOffException => true,
        _ => _isComplete,
    };

    private sealed class CutOffException() : JsonException("The document ends too early.");
}
