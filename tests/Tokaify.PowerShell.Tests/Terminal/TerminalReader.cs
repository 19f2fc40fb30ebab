using System.Globalization;
using System.Text;

namespace Tokaify.Tests.Terminal;

/// <summary>Interprets bytes like a terminal. Written from the specifications, independently of the writers.</summary>
/// <remarks>
/// Sequences: ECMA-48, 5.6 and 8.3 (APC, CSI, DCS, OSC, ST); OSC also ends with BEL, as xterm has it. Images: iTerm2's
/// "Inline Images Protocol"; kitty's "Terminal graphics protocol". tmux: tmux(1), allow-passthrough. Violations throw.
/// </remarks>
internal sealed class TerminalReader
{
    private const char Escape = '\e';

    // tmux takes no longer sequence, iTerm2 no longer FilePart.
    private const int LongestSequence = 1_048_576;

    private readonly StringBuilder _text = new();
    private Dictionary<string, string>? _kitty;
    private Dictionary<string, string>? _multipart;
    private readonly StringBuilder _payload = new();
    private readonly List<byte> _parts = [];

    public sealed record Image(string Protocol, IReadOnlyDictionary<string, string> Keys, byte[] Bytes, int Sequences);

    private int _sequences;

    /// <summary>The images that were displayed.</summary>
    public List<Image> Pictures { get; } = [];

    /// <summary>All text outside of images, including control sequences of the cursor.</summary>
    public string Text => _text.ToString();

    /// <summary>The length of the longest sequence, in bytes.</summary>
    public int Longest { get; private set; }

    /// <summary>Whether an image was begun and not ended.</summary>
    public bool IsWaiting => _kitty is not null || _multipart is not null;

    public static TerminalReader Read(byte[] bytes)
    {
        var reader = new TerminalReader();
        reader.Take(Encoding.Latin1.GetString(bytes), outer: true);
        return reader;
    }

    private void Take(string input, bool outer)
    {
        for (var at = 0; at < input.Length;)
        {
            var kind = input[at] == Escape ? input[at + 1] : '\0';
            if (kind is not (']' or '_' or 'P'))
            {
                _text.Append(input[at++]);
                continue;
            }

            var bell = kind == ']' ? input.IndexOf('\a', at) : -1;
            var end = kind == 'P' ? EndOfPassthrough(input, at) : input.IndexOf("\e\\", at + 2, StringComparison.Ordinal);
            var isBell = bell >= 0 && (end < 0 || bell < end);
            end = isBell ? bell : end;
            Require(end >= 0, "a sequence does not end");
            var after = end + (isBell ? 1 : 2);
            if (outer)
            {
                Longest = Math.Max(Longest, after - at);
            }

            var content = input[(at + 2)..end];
            switch (kind)
            {
                case ']':
                    TakeCommand(content);
                    break;
                case '_':
                    TakeApplicationCommand(content);
                    break;
                default:
                    Require(outer && after - at <= LongestSequence, "tmux does not take this");
                    Require(content.StartsWith("tmux;", StringComparison.Ordinal), "DCS without a receiver");
                    Take(content["tmux;".Length..].Replace("\e\e", "\e", StringComparison.Ordinal), outer: false);
                    break;
            }

            at = after;
        }
    }

    // Inside, each ESC is doubled; a single ESC is the end.
    private static int EndOfPassthrough(string input, int start)
    {
        for (var at = start + 2; at < input.Length - 1; at++)
        {
            if (input[at] == Escape)
            {
                if (input[at + 1] == '\\')
                {
                    return at;
                }

                Require(input[at + 1] == Escape, "an ESC that is not doubled");
                at++;
            }
        }

        return -1;
    }

    private void TakeCommand(string content)
    {
        const string Number = "1337;";
        Require(content.StartsWith(Number, StringComparison.Ordinal), "OSC of another kind");
        content = content[Number.Length..];
        _sequences++;
        if (content.StartsWith("File=", StringComparison.Ordinal))
        {
            var colon = content.IndexOf(':', StringComparison.Ordinal);
            Display(Pairs(content["File=".Length..colon], ';'), Convert.FromBase64String(content[(colon + 1)..]));
        }
        else if (content.StartsWith("MultipartFile=", StringComparison.Ordinal))
        {
            Require(_multipart is null, "a file within a file");
            _multipart = Pairs(content["MultipartFile=".Length..], ';');
        }
        else if (content.StartsWith("FilePart=", StringComparison.Ordinal))
        {
            Require(_multipart is not null, "a part of nothing");
            _parts.AddRange(Convert.FromBase64String(content["FilePart=".Length..]));
        }
        else
        {
            Require(content == "FileEnd" && _multipart is not null, $"1337 of another kind: {content}");
            Display(_multipart!, [.. _parts]);
            _multipart = null;
            _parts.Clear();
        }
    }

    private void Display(Dictionary<string, string> keys, byte[] bytes)
    {
        // Without inline=1 it would be a download.
        if (keys.GetValueOrDefault("inline") == "1")
        {
            Pictures.Add(new("iTerm2", keys, bytes, _sequences));
        }

        _sequences = 0;
    }

    private void TakeApplicationCommand(string content)
    {
        Require(content.StartsWith('G'), "APC without a receiver");
        var semicolon = content.IndexOf(';', StringComparison.Ordinal);
        var keys = Pairs(content[1..semicolon], ',');
        var payload = content[(semicolon + 1)..];
        var hasMore = keys["m"] == "1";
        Require(hasMore || keys["m"] == "0", "m is 0 or 1");
        Require(payload.Length <= 4096, "a chunk of more than 4096 bytes");
        Require(!hasMore || payload.Length % 4 == 0, "a chunk that is no multiple of 4");
        Require(_kitty is null || keys.Keys.All(key => key is "m" or "q"), "a chunk after the first with other keys");
        _kitty ??= keys;
        _payload.Append(payload);
        _sequences++;
        if (!hasMore)
        {
            Require(_kitty["a"] == "T" && _kitty["f"] == "100", "no PNG that is displayed");
            Pictures.Add(new("kitty", _kitty, Convert.FromBase64String(_payload.ToString()), _sequences));
            _kitty = null;
            _payload.Clear();
            _sequences = 0;
        }
    }

    private static Dictionary<string, string> Pairs(string text, char separator) => text
        .Split(separator)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static void Require(bool condition, string flaw)
    {
        if (!condition)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Not as specified: {flaw}."));
        }
    }
}
