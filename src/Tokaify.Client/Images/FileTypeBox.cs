using System.Buffers.Binary;

namespace Tokaify;

/// <summary>The first box of an ISO base media file: its major brand and its compatible brands.</summary>
/// <remarks>
/// <para> The registrations (https://www.iana.org/assignments/media-types/image/heic, image/heif and image/heic-sequence) allow
/// <c>image/heic</c> for a file with an HEVC brand among its compatible brands, and <c>image/heif</c> for a file with <c>mif1</c> there.
/// Most files have both and may have either type. Then the major brand decides, because it stands for the best use of the file (ISO/IEC
/// 14496-12, 4.3): an HEVC brand means HEIC, a structural brand HEIF. Sequences have their own types in these registrations, which the
/// relay does not list; the same rule is used for them. </para>
/// <para> AVIF (https://aomediacodec.github.io/av1-avif/) has the same structural brands, and is distinguished from HEIF by its own brands.
/// Videos have no structural brand of HEIF. </para>
/// </remarks>
internal static class FileTypeBox
{
    private const int BrandLength = 4;
    private const int MajorBrand = 8;
    private const int CompatibleBrands = 16;

    // No file has so many brands; with a greater length, it is not this box.
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

    // ISO/IEC 23008-12, annex B: images, then image sequences.
    private static bool IsHevc(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) || brand.SequenceEqual("heim"u8) || brand.SequenceEqual("heis"u8)
        || brand.SequenceEqual("hevc"u8) || brand.SequenceEqual("hevx"u8) || brand.SequenceEqual("hevm"u8) || brand.SequenceEqual("hevs"u8);

    private static bool IsAvif(ReadOnlySpan<byte> brand) => brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8);

    // ISO/IEC 23008-12, clause 10, and ISO/IEC 23000-22 (MIAF): the structure of a file, independent of the coding of its images.
    private static bool IsStructural(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("mif2"u8) || brand.SequenceEqual("msf1"u8) || brand.SequenceEqual("miaf"u8);
}
