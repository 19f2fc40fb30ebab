#if NET
using System.Buffers;
#endif
using System.Text;

namespace Tokaify;

/// <summary>Takes the inside of a JSON string as it arrives, in pieces cut anywhere, and hands on its bytes without escapes.</summary>
internal sealed class JsonStringDecoder
{
    private const int FirstPrintable = 0x20;

#if NET
    // What ends a run of plain characters: the quote, the escape, and what JSON does not allow in a string.
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

    /// <summary>Decodes a string that is here whole.</summary>
    /// <param name="inside">What is between its quotes.</param>
    /// <param name="limit">How much of it is kept, in bytes of UTF-8; what follows is left out.</param>
    /// <param name="isCut">Whether something was left out.</param>
    /// <returns>The text; halves of surrogate pairs and what is no UTF-8 show as U+FFFD.</returns>
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

    /// <summary>Takes the next piece.</summary>
    /// <param name="input">What has arrived.</param>
    /// <param name="target">Receives the bytes, UTF-8.</param>
    /// <param name="consumed">How much of the input belongs to the string, its closing quote included.</param>
    /// <returns>Whether the string has ended.</returns>
    /// <exception cref="BadResponseException">An escape that JSON does not have, or a control character.</exception>
    public bool Decode(ReadOnlySpan<byte> input, IStringSink target, out int consumed)
    {
        consumed = 0;
        while (consumed < input.Length)
        {
            if (_state != State.Plain)
            {
                DecodeEscape(input[consumed++], target);
                continue;
            }

            if (_highSurrogate == default && target.AppendRun(input.Slice(consumed)) is > 0 and var taken)
            {
                consumed += taken;
                continue;
            }

            var plain = PlainRun(input.Slice(consumed));
            if (plain.Length > 0)
            {
                EndSurrogate(target);
                target.Append(plain);
                consumed += plain.Length;
                continue;
            }

            if (EndsString(input[consumed++]))
            {
                EndSurrogate(target);
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

    private void DecodeEscape(byte value, IStringSink target)
    {
        if (_state == State.Escape)
        {
            DecodeEscapeKind(value, target);
            return;
        }

        _codeUnit = (_codeUnit << 4) | HexDigit(value);
        if (_state != State.Hex4)
        {
            _state++;
            return;
        }

        _state = State.Plain;
        AppendCodeUnit((char)_codeUnit, target);
    }

    private void DecodeEscapeKind(byte kind, IStringSink target)
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
            target);
    }

    private void AppendCodeUnit(char unit, IStringSink target)
    {
        if (char.IsLowSurrogate(unit) && _highSurrogate != default)
        {
            AppendText([_highSurrogate, unit], target);
            _highSurrogate = default;
            return;
        }

        EndSurrogate(target);
        if (char.IsHighSurrogate(unit))
        {
            _highSurrogate = unit;
        }
        else if (unit < 0x80)
        {
            // A slash in Base64 is often escaped: an image has too many of them for an array each.
            ReadOnlySpan<byte> ascii = stackalloc byte[] { (byte)unit };
            target.Append(ascii);
        }
        else
        {
            AppendText([unit], target);
        }
    }

    // Half a pair is no character: the encoder puts U+FFFD in its place.
    private void EndSurrogate(IStringSink target)
    {
        if (_highSurrogate != default)
        {
            AppendText([_highSurrogate], target);
            _highSurrogate = default;
        }
    }

    private static void AppendText(char[] text, IStringSink target) => target.Append(Encoding.UTF8.GetBytes(text));

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => throw new BadResponseException("a string has a \\u escape without its four digits"),
    };
}
