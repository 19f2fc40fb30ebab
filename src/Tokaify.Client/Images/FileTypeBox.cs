using System.Buffers.Binary;

namespace Tokaify;

/// <summary>The first box of an ISO base media file: its major brand and the brands it is compatible with.</summary>
/// <remarks>
/// <para>
/// The registrations (https://www.iana.org/assignments/media-types/image/heic, image/heif and image/heic-sequence) allow
/// <c>image/heic</c> for a file with a brand of HEVC among its compatible brands, and <c>image/heif</c> for one with
/// <c>mif1</c> there. Most files have both and may bear either name. The major brand, which is the one the file's writer
/// holds for its best use (ISO/IEC 14496-12, 4.3), then decides: a brand of HEVC makes HEIC, a structural brand HEIF.
/// Sequences have types of their own there, which the relay does not list; they go by the same rule.
/// </para>
/// <para>
/// AVIF (https://aomediacodec.github.io/av1-avif/) has the same structural brands and is told from HEIF by its own;
/// so are films, which have no structural brand of HEIF.
/// </para>
/// </remarks>
internal static class FileTypeBox
{
    private const int BrandLength = 4;
    private const int MajorBrand = 8;
    private const int CompatibleBrands = 16;

    // More brands than anyone writes; a larger number is the length of something else.
    private const int MaxLength = 4096;

    public static ImageFormat? DetectFormat(ReadOnlySpan<byte> start)
    {
        if (start.Length < CompatibleBrands || !start.Slice(4).StartsWith("ftyp"u8))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(start);
        if (length is < CompatibleBrands or > MaxLength || length % BrandLength != 0)
        {
            return null;
        }

        var major = start.Slice(MajorBrand, BrandLength);
        var compatible = start.Slice(CompatibleBrands, Math.Min((int)length, start.Length) - CompatibleBrands);
        return IsHevc(major) ? ImageFormat.Heic
            : IsAvif(major) ? null
            : DetectByCompatibleBrands(IsStructural(major), compatible);
    }

    private static ImageFormat? DetectByCompatibleBrands(bool structuralMajor, ReadOnlySpan<byte> brands)
    {
        bool hevc = false, avif = false, structural = structuralMajor;
        for (; brands.Length >= BrandLength; brands = brands.Slice(BrandLength))
        {
            var brand = brands.Slice(0, BrandLength);
            hevc |= IsHevc(brand);
            avif |= IsAvif(brand);
            structural |= IsStructural(brand);
        }

        return hevc && !structuralMajor ? ImageFormat.Heic
            : structural && (hevc || !avif) ? ImageFormat.Heif
            : null;
    }

    // ISO/IEC 23008-12, annex B: images, then sequences of them.
    private static bool IsHevc(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) || brand.SequenceEqual("heim"u8) || brand.SequenceEqual("heis"u8)
        || brand.SequenceEqual("hevc"u8) || brand.SequenceEqual("hevx"u8) || brand.SequenceEqual("hevm"u8) || brand.SequenceEqual("hevs"u8);

    private static bool IsAvif(ReadOnlySpan<byte> brand) => brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8);

    // ISO/IEC 23008-12, clause 10, and ISO/IEC 23000-22 (MIAF): how a file is built, whatever the coding of its images.
    private static bool IsStructural(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("mif2"u8) || brand.SequenceEqual("msf1"u8) || brand.SequenceEqual("miaf"u8);
}
