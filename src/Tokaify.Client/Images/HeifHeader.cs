using System.Buffers.Binary;

namespace Tokaify;

/// <summary>The size of the primary item of a HEIF file (ISO/IEC 23008-12, 6.5 and 9.3).</summary>
/// <remarks>
/// <c>meta</c> names the primary item (<c>pitm</c>). Its <c>iprp</c> has the properties of all items (<c>ipco</c>) and their assignment to
/// items (<c>ipma</c>). The item may be a coded image, a grid of images or a derived image. Each of them has its own size, so the sizes of
/// tiles and thumbnails do not matter.
/// </remarks>
internal static class HeifHeader
{
    public static PixelSize? ReadSize(FileWindow file)
    {
        if (Find(file, 0, file.Length, "meta"u8) is not { } meta)
        {
            return null;
        }

        var start = meta.Content + IsoBox.VersionAndFlags;
        return Find(file, start, meta.End, "pitm"u8) is { } primary
            && Find(file, start, meta.End, "iprp"u8) is { } properties
            && Find(file, properties.Content, properties.End, "ipco"u8) is { } container
            && ReadPrimaryItem(file, primary) is { } item
            && FindAssociations(file, properties, item) is { } associations
            ? ApplyProperties(file, Locate(file, container, associations))
            : null;
    }

    private static IsoBox? Find(FileWindow file, long start, long end, ReadOnlySpan<byte> type)
    {
        foreach (var box in IsoBox.Between(file, start, end))
        {
            if (box.Is(type))
            {
                return box;
            }
        }

        return null;
    }

    private static uint? ReadPrimaryItem(FileWindow file, IsoBox box)
    {
        var version = file.Read(box.Content, 1);
        return version.IsEmpty ? null : ReadNumber(file, box.Content + IsoBox.VersionAndFlags, isLong: version[0] > 0);
    }

    /// <summary>The numbers, from 1, of an item's properties in the container, in their order.</summary>
    private static int[]? FindAssociations(FileWindow file, IsoBox properties, uint item)
    {
        foreach (var box in IsoBox.Between(file, properties.Content, properties.End))
        {
            if (box.Is("ipma"u8) && FindAssociationsIn(file, box, item) is { } associations)
            {
                return associations;
            }
        }

        return null;
    }

    private static int[]? FindAssociationsIn(FileWindow file, IsoBox box, uint item)
    {
        const int EntryCountLength = 4;
        var header = file.Read(box.Content, IsoBox.VersionAndFlags);
        if (header.IsEmpty)
        {
            return null;
        }

        var (longItem, longAssociation) = (header[0] > 0, (header[3] & 1) != 0);
        var (itemLength, associationLength) = (longItem ? 4 : 2, longAssociation ? 2 : 1);
        var position = box.Content + IsoBox.VersionAndFlags + EntryCountLength;
        while (position < box.End && ReadNumber(file, position, longItem) is { } entryItem)
        {
            position += itemLength;
            var count = file.Read(position, 1);
            if (count.IsEmpty)
            {
                return null;
            }

            position++;
            if (entryItem == item)
            {
                return ReadAssociations(file, position, count[0], longAssociation);
            }

            position += count[0] * associationLength;
        }

        return null;
    }

    private static int[] ReadAssociations(FileWindow file, long position, int count, bool isLong)
    {
        var associations = new int[count];
        for (var i = 0; i < count; i++)
        {
            // The highest bit marks a property that a reader has to know.
            var bytes = file.Read(position + (isLong ? 2 * i : i), isLong ? 2 : 1);
            associations[i] = bytes.IsEmpty ? 0
                : isLong ? BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0x7FFF
                : bytes[0] & 0x7F;
        }

        return associations;
    }

    private static IsoBox[] Locate(FileWindow file, IsoBox container, int[] associations)
    {
        var located = new IsoBox[associations.Length];
        var last = associations.DefaultIfEmpty().Max();
        var number = 0;
        foreach (var box in IsoBox.Between(file, container.Content, container.End))
        {
            if (++number > last)
            {
                break;
            }

            for (var i = 0; i < associations.Length; i++)
            {
                if (associations[i] == number)
                {
                    located[i] = box;
                }
            }
        }

        return located;
    }

    // Transformations are applied in the order in which they are associated (6.3).
    private static PixelSize? ApplyProperties(FileWindow file, IsoBox[] properties)
    {
        PixelSize? size = null;
        foreach (var property in properties)
        {
            size = property.Is("ispe"u8) ? ReadExtents(file, property) ?? size
                : property.Is("clap"u8) ? ReadAperture(file, property) ?? size
                : property.Is("irot"u8) && IsQuarterTurn(file, property) ? size is { } s ? new PixelSize(s.Height, s.Width) : null
                : size;
        }

        return size;
    }

    private static PixelSize? ReadExtents(FileWindow file, IsoBox box)
    {
        var extents = file.Read(box.Content + IsoBox.VersionAndFlags, 8);
        return extents.IsEmpty
            ? null
            : Pixels.Size(BinaryPrimitives.ReadUInt32BigEndian(extents), BinaryPrimitives.ReadUInt32BigEndian(extents.Slice(4)));
    }

    // Width and height are fractions (ISO/IEC 14496-12, 12.1.4); in MIAF they are whole numbers.
    private static PixelSize? ReadAperture(FileWindow file, IsoBox box)
    {
        var aperture = file.Read(box.Content, 16);
        return aperture.IsEmpty ? null : Pixels.Size(ReadFraction(aperture), ReadFraction(aperture.Slice(8)));
    }

    private static uint ReadFraction(ReadOnlySpan<byte> bytes)
    {
        var denominator = BinaryPrimitives.ReadUInt32BigEndian(bytes.Slice(4));
        return denominator == 0 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes) / denominator;
    }

    private static bool IsQuarterTurn(FileWindow file, IsoBox box)
    {
        var angle = file.Read(box.Content, 1);
        return !angle.IsEmpty && (angle[0] & 1) != 0;
    }

    private static uint? ReadNumber(FileWindow file, long position, bool isLong)
    {
        var bytes = file.Read(position, isLong ? sizeof(uint) : sizeof(ushort));
        return bytes.IsEmpty ? null
            : isLong ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
