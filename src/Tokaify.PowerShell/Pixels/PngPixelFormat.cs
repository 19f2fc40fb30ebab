using System.Buffers.Binary;

namespace Tokaify.PowerShell;

/// <summary>Converts the samples of a PNG image to pixels (PNG Specification, Third Edition, 4.5, 11.2.1 to 11.3.1).</summary>
internal sealed class PngPixelFormat
{
    private const int Grey = 0, Colour = 2, Indexed = 3, GreyAlpha = 4, ColourAlpha = 6;

    private readonly int _colourType;
    private readonly int _depth;
    private readonly int _samples;
    private byte[] _palette = [];
    private byte[] _alphas = [];

    // The samples of the one colour that is transparent; null if there is none.
    private int[]? _transparent;

    private PngPixelFormat(int colourType, int depth)
    {
        _colourType = colourType;
        _depth = depth;
        _samples = colourType switch { Colour => 3, GreyAlpha => 2, ColourAlpha => 4, _ => 1 };
    }

    /// <summary>The number of bytes from a sample to the same sample of the next pixel, at least 1.</summary>
    public int BytesPerPixel => Math.Max(1, _samples * _depth / 8);

    /// <summary>Creates the format from the fields of a header.</summary>
    public static PngPixelFormat Create(int colourType, int depth)
    {
        var isAllowed = colourType switch
        {
            Grey => depth is 1 or 2 or 4 or 8 or 16,
            Indexed => depth is 1 or 2 or 4 or 8,
            Colour or GreyAlpha or ColourAlpha => depth is 8 or 16,
            _ => false,
        };
        PngDecoder.Require(isAllowed, "its header is not as specified");
        return new PngPixelFormat(colourType, depth);
    }

    /// <summary>The number of bytes for a number of pixels.</summary>
    public int RowLength(int pixels) => (int)((((long)pixels * _samples * _depth) + 7) / 8);

    /// <summary>Reads the palette. If pixels are not indices, it is only a suggestion and is ignored.</summary>
    public void SetPalette(byte[] palette)
    {
        PngDecoder.Require(palette.Length % 3 == 0, "its palette is not as specified");
        _palette = palette;
    }

    /// <summary>Reads the transparency.</summary>
    public void SetTransparency(byte[] data)
    {
        if (_colourType == Indexed)
        {
            _alphas = data;
        }
        else if (_colourType is Grey or Colour)
        {
            PngDecoder.Require(data.Length == 2 * _samples, "its transparency is not as specified");
            _transparent = [.. Enumerable.Range(0, _samples).Select(index => (int)BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(2 * index)))];
        }
    }

    /// <summary>Throws if the pixels are indices and there is no palette.</summary>
    public void RequirePalette() => PngDecoder.Require(_colourType != Indexed || _palette.Length > 0, "it has no palette");

    /// <summary>Converts a row to pixels.</summary>
    /// <param name="row">The row's bytes.</param>
    /// <param name="rgba">Four bytes for each pixel.</param>
    public void ToPixels(ReadOnlySpan<byte> row, Span<byte> rgba)
    {
        if (_colourType == ColourAlpha && _depth == 8)
        {
            row.Slice(0, rgba.Length).CopyTo(rgba);
            return;
        }

        for (int at = 0, sample = 0; at < rgba.Length; at += 4, sample += _samples)
        {
            ToPixel(row, sample, rgba.Slice(at, 4));
        }
    }

    private void ToPixel(ReadOnlySpan<byte> row, int sample, Span<byte> pixel)
    {
        if (_colourType == Indexed)
        {
            var index = Sample(row, sample);
            PngDecoder.Require(3 * index < _palette.Length, "a colour is not in its palette");
            _palette.AsSpan(3 * index, 3).CopyTo(pixel);
            pixel[3] = index < _alphas.Length ? _alphas[index] : byte.MaxValue;
            return;
        }

        var hasColour = _colourType is Colour or ColourAlpha;
        pixel[0] = Shade(Sample(row, sample));
        pixel[1] = hasColour ? Shade(Sample(row, sample + 1)) : pixel[0];
        pixel[2] = hasColour ? Shade(Sample(row, sample + 2)) : pixel[0];
        pixel[3] = _colourType is GreyAlpha or ColourAlpha ? Shade(Sample(row, sample + _samples - 1))
            : IsTransparent(row, sample) ? byte.MinValue
            : byte.MaxValue;
    }

    private bool IsTransparent(ReadOnlySpan<byte> row, int sample)
    {
        if (_transparent is null)
        {
            return false;
        }

        for (var index = 0; index < _transparent.Length; index++)
        {
            if (Sample(row, sample + index) != _transparent[index])
            {
                return false;
            }
        }

        return true;
    }

    private int Sample(ReadOnlySpan<byte> row, int index)
    {
        if (_depth == 8)
        {
            return row[index];
        }

        if (_depth == 16)
        {
            return BinaryPrimitives.ReadUInt16BigEndian(row.Slice(2 * index));
        }

        var bit = index * _depth;
        return (row[bit >> 3] >> (8 - _depth - (bit & 7))) & ((1 << _depth) - 1);
    }

    // Converts a sample to eight bits. Samples of 16 bits are rounded.
    private byte Shade(int sample) => _depth switch
    {
        16 => (byte)(((sample * 255) + 32_895) >> 16),
        8 => (byte)sample,
        _ => (byte)(sample * (255 / ((1 << _depth) - 1))),
    };
}
