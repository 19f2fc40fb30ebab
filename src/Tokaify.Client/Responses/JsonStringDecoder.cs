#if NET
using System.Buffers;
#endif
using System.Text;

namespace Tokaify;

/// <summary>Decodes the content of a JSON string as it arrives. The input may be split at any position; the output has no
/// escapes.</summary>
internal sealed class JsonStringDecoder
{
    private const int FirstPrintable = 0x20;

#if NET
    // The bytes that end a run of plain characters: the quote, the escape, and the control characters, which JSON does not allow in a
    // string.
    private static readonly SearchValues<byte> s_special = SearchValues.Create(
        "\"\\\0\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F"u8);
#endif

    private State _state;
    private int _codeUnit;
    private char _highSurrogate;

    private enum State
    {
        Plain,
        Escape,
        Hex1,
        Hex2,
        Hex3,
        Hex4,
    }

    /// <summary>Decodes a complete string.</summary>
    /// <param name="inside">The bytes between its quotes.</param>
    /// <param name="limit">The greatest length of the result, in bytes of UTF-8; the rest is left out.</param>
    /// <param name="isCut">Whether something was left out.</param>
    /// <returns>The text; halves of surrogate pairs and invalid UTF-8 become U+FFFD.</returns>
    public static string Decode(ReadOnlySpan<byte> inside, int limit, out bool isCut)
    {
        var decoder = new JsonStringDecoder();
        var text = new Utf8Text(limit) { CutsOff = true };
        decoder.Decode(inside, text, out _);
        decoder.EndSurrogate(text);
        var decoded = text.ToString();
        isCut = text.IsCut;
        text.Release();
        return decoded;
    }

    /// <summary>Begins a string, after its opening quote.</summary>
    public void Begin()
    {
        _state = State.Plain;
        _highSurrogate = default;
    }

    /// <summary>Decodes the next piece.</summary>
    /// <param name="input">The bytes that have arrived.</param>
    /// <param name="sink">Receives the bytes, UTF-8.</param>
    /// <param name="consumed">The number of bytes that belong to the string, its closing quote included.</param>
    /// <returns>Whether the string has ended.</returns>
    /// <exception cref="BadResponseException">An escape that JSON does not have, or a control character.</exception>
    public bool Decode(ReadOnlySpan<byte> input, IStringSink sink, out int consumed)
    {
        consumed = 0;
        while (consumed < input.Length)
        {
            if (_state != State.Plain)
            {
                DecodeEscape(input[consumed++], sink);
                continue;
            }

            if (_highSurrogate == default && sink.AppendRun(input.Slice(consumed)) is > 0 and var taken)
            {
                consumed += taken;
                continue;
            }

            var plain = PlainRun(input.Slice(consumed));
            if (plain.Length > 0)
            {
                EndSurrogate(sink);
                sink.Append(plain);
                consumed += plain.Length;
                continue;
            }

            if (EndsString(input[consumed++]))
            {
                EndSurrogate(sink);
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> PlainRun(ReadOnlySpan<byte> input)
    {
#if NET
        var length = input.IndexOfAny(s_special);
        return length < 0 ? input : input.Slice(0, length);
#else
        var length = input.IndexOfAny((byte)'"', (byte)'\\');
        var run = length < 0 ? input : input.Slice(0, length);
        for (var index = 0; index < run.Length; index++)
        {
            if (run[index] < FirstPrintable)
            {
                return run.Slice(0, index);
            }
        }

        return run;
#endif
    }

    private bool EndsString(byte special)
    {
        if (special == '\\')
        {
            _state = State.Escape;
        }

        return special >= FirstPrintable
            ? special == '"'
            : throw new BadResponseException("a string has a control character that JSON does not allow there");
    }

    private void DecodeEscape(byte value, IStringSink sink)
    {
        if (_state == State.Escape)
        {
            DecodeEscapeKind(value, sink);
            return;
        }

        _codeUnit = (_codeUnit << 4) | HexDigit(value);
        if (_state != State.Hex4)
        {
            _state++;
            return;
        }

        _state = State.Plain;
        AppendCodeUnit((char)_codeUnit, sink);
    }

    private void DecodeEscapeKind(byte kind, IStringSink sink)
    {
        if (kind == 'u')
        {
            _codeUnit = 0;
            _state = State.Hex1;
            return;
        }

        _state = State.Plain;
        AppendCodeUnit(
            kind switch
            {
                (byte)'"' or (byte)'\\' or (byte)'/' => (char)kind,
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'n' => '\n',
                (byte)'r' => '\r',
                (byte)'t' => '\t',
                _ => throw new BadResponseException("a string has an escape that JSON does not know"),
            },
            sink);
    }

    private void AppendCodeUnit(char unit, IStringSink sink)
    {
        if (char.IsLowSurrogate(unit) && _highSurrogate != default)
        {
            AppendText([_highSurrogate, unit], sink);
            _highSurrogate = default;
            return;
        }

        EndSurrogate(sink);
        if (char.IsHighSurrogate(unit))
        {
            _highSurrogate = unit;
        }
        else if (unit < 0x80)
        {
            // Slashes in Base64 are often escaped. An image has too many of them for an allocation each.
            ReadOnlySpan<byte> ascii = stackalloc byte[] { (byte)unit };
            sink.Append(ascii);
        }
        else
        {
            AppendText([unit], sink);
        }
    }

    // Half a pair is not a character; the encoder replaces it with U+FFFD.
    private void EndSurrogate(IStringSink sink)
    {
        if (_highSurrogate != default)
        {
            AppendText([_highSurrogate], sink);
            _highSurrogate = default;
        }
    }

    private static void AppendText(char[] text, IStringSink sink) => sink.Append(Encoding.UTF8.GetBytes(text));

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => throw new BadResponseException("a string has a \\u escape without its four digits"),
    };
}
