using System.Buffers.Binary;
using System.Text;
using System.Xml.Linq;

namespace Tokaify.Tests.Metadata;

/// <summary>Parses images independently of the tested code.</summary>
internal static class ImageParts
{
    private const string XmpName = "http://ns.adobe.com/xap/1.0/\0";

    /// <summary>The parts that determine the pixels: everything except texts, XMP and the WebP's extended header.</summary>
    public static List<string> Essence(byte[] image) => [.. Parts(image)
        .Where(part => part.Type is not ("VP8X" or "XMP "))
        .Where(part => !(part.Type == "iTXt" && Text(part).StartsWith("Tokaify ", StringComparison.Ordinal)))
        .Where(part => !(part.Type == "E1" && Text(part).StartsWith(XmpName, StringComparison.Ordinal)))
        .Select(part => part.Type + Convert.ToHexString(part.Data))];

    public static Dictionary<string, string> Metadata(byte[] image)
    {
        var texts = Parts(image).Where(part => part.Type == "iTXt").Select(part => Text(part).Split("\0\0\0\0\0"))
            .Where(text => text[0].StartsWith("Tokaify ", StringComparison.Ordinal));
        return texts.Select(text => (Name: text[0]["Tokaify ".Length..], Value: text[1]))
            .Concat(XmpPackets(image).SelectMany(packet => XDocument.Parse(packet).Descendants())
                .Where(element => element.Name.NamespaceName == XmpPacket.Namespace)
                .Select(element => (Name: element.Name.LocalName, element.Value)))
            .ToDictionary(field => field.Name, field => field.Value);
    }

    public static List<string> XmpPackets(byte[] image) => [.. Parts(image)
        .Where(part => part.Type == "XMP " || (part.Type == "E1" && Text(part).StartsWith(XmpName, StringComparison.Ordinal)))
        .Select(part => part.Type == "XMP " ? Text(part) : Text(part)[XmpName.Length..])];

    private static string Text((string Type, byte[] Data) part) => Encoding.UTF8.GetString(part.Data);

    private static IEnumerable<(string Type, byte[] Data)> Parts(byte[] image) => image[0] switch
    {
        0x89 => PngChunks(image),
        0xFF => JpegSegments(image),
        _ => WebpChunks(image),
    };

    private static IEnumerable<(string Type, byte[] Data)> PngChunks(byte[] png)
    {
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var crc = Checksum(png.AsSpan(at + 4, length + 4));
            if (crc != BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)))
            {
                throw new InvalidDataException("A chunk's checksum is wrong.");
            }

            yield return (Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]);
            at += length + 12;
        }
    }

    private static IEnumerable<(string Type, byte[] Data)> JpegSegments(byte[] jpeg)
    {
        for (var at = 2; ;)
        {
            var (marker, length) = (jpeg[at + 1], BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2)));
            if (jpeg[at] != 0xFF)
            {
                throw new InvalidDataException("A segment does not begin where the one before it ends.");
            }

            if (marker == 0xDA)
            {
                yield return ("scan", jpeg[at..]);
                yield break;
            }

            yield return ($"{marker:X2}", jpeg[(at + 4)..(at + 2 + length)]);
            at += 2 + length;
        }
    }

    private static IEnumerable<(string Type, byte[] Data)> WebpChunks(byte[] webp)
    {
        for (var at = 12; at < webp.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(webp.AsSpan(at + 4));
            yield return (Encoding.ASCII.GetString(webp, at, 4), webp[(at + 8)..(at + 8 + length)]);
            at += 8 + length + (length & 1);
        }
    }

    // Calculated bit by bit, unlike in the tested code.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
