using System.Text;

namespace Tokaify;

/// <summary>Takes the inside of a JSON string as it arrives, in pieces cut anywhere, and hands on its bytes without escapes.</summary>
internal sealed class JsonStringDecoder
{
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
    /// <exception cref="BadResponseException">An escape that JSON does not have.</exception>
    public bool Decode(ReadOnlySpan<byte> input, IStringTarget target, out int consumed)
    {
        consumed = 0;
        while (consumed < input.Length)
        {
            if (_state != State.Plain)
            {
                DecodeEscape(input[consumed++], target);
                continue;
            }

            var rest = input.Slice(consumed);
            var length = rest.IndexOfAny((byte)'"', (byte)'\\');
            var plain = length < 0 ? rest : rest.Slice(0, length);
            if (plain.Length > 0)
            {
                EndSurrogate(target);
                target.Append(plain);
                consumed += plain.Length;
            }

            if (length < 0)
            {
                return false;
            }

            if (input[consumed++] == '"')
            {
                EndSurrogate(target);
                return true;
            }

            _state = State.Escape;
        }

        return false;
    }

    private void DecodeEscape(byte value, IStringTarget target)
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

    private void DecodeEscapeKind(byte kind, IStringTarget target)
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

    private void AppendCodeUnit(char unit, IStringTarget target)
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
            return;
        }

        AppendText([unit], target);
    }

    // Half a pair is no character: the encoder puts U+FFFD in its place.
    private void EndSurrogate(IStringTarget target)
    {
        if (_highSurrogate != default)
        {
            AppendText([_highSurrogate], target);
            _highSurrogate = default;
        }
    }

    private static void AppendText(char[] text, IStringTarget target) => target.Append(Encoding.UTF8.GetBytes(text));

    private static int HexDigit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => throw new BadResponseException("a string has a \\u escape without its four digits"),
    };
}

/// <summary>Receives a string's bytes as they arrive.</summary>
internal interface IStringTarget
{
    /// <summary>Takes the next bytes, UTF-8, cut anywhere.</summary>
    void Append(ReadOnlySpan<byte> utf8);

    /// <summary>The string has ended.</summary>
    void End();
}

/// <summary>The answer is not what the API documents; the message completes "The answer cannot be used: …".</summary>
internal sealed class BadResponseException(string message) : Exception(message);
