using System.Globalization;
using System.Text;

namespace Tokaify.Emulation;

/// <summary>Creates the image of a response. Equal requests give equal images, different requests give different images.</summary>
/// <remarks>The image contains the request as text chunks (<c>Software</c>, <c>Model</c>, <c>Source-SHA256</c>, <c>Prompt</c>,
/// <c>Variant</c>), so that a test can find the request of a saved file.</remarks>
internal static class ImageMaker
{
    /// <param name="request">The request.</param>
    /// <param name="variant">0 for the image of the response, 1 and higher for further images.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Make(EditRequest request, int variant = 0)
    {
        var size = SizeOf(request);
        var landscape = new Landscape(size, Digest.Of(Meaning(request) + (variant == 0 ? "" : $"variant {variant}")), request.Prompt);
        using var file = new MemoryStream();
        var png = new PngWriter(file, size);
        png.WriteText("Software", "Tokaify emulator");
        png.WriteText("Model", request.Model.Name);
        if (request.Source is { } source)
        {
            png.WriteText("Source-SHA256", source.Sha256);
        }

        if (variant != 0)
        {
            png.WriteText("Variant", variant.ToString(CultureInfo.InvariantCulture));
        }

        png.WriteInternationalText("Prompt", request.Prompt);
        png.WritePalette(landscape.Palette);
        png.WritePixels(landscape.PaintRow);
        png.Finish();
        return file.ToArray();
    }

    private static PixelSize SizeOf(EditRequest request)
    {
        var size = request.Model.OutputSize(request.Settings.AspectRatio)
            // The user's catalogue may have a ratio of a model, but not its size.
            ?? EstimatedSize(request.Settings.AspectRatio);
        return request.Settings.ImageSize switch
        {
            "512" => new PixelSize(size.Width / 2, size.Height / 2),
            "2K" => new PixelSize(size.Width * 2, size.Height * 2),
            "4K" => new PixelSize(size.Width * 4, size.Height * 4),
            _ => size,
        };
    }

    // About a megapixel, as with all models, in steps of 16 pixels.
    private static PixelSize EstimatedSize(string? ratio)
    {
        var sides = (ratio ?? "1:1").Split(':');
        if (sides.Length != 2
            || !double.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            || !double.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || width < 1 || height < 1 || width / height is > 16 or < 1.0 / 16)
        {
            throw Refusals.Invalid("generation_config.image_config.aspect_ratio", $"aspect_ratio cannot be '{ratio}'");
        }

        var scale = Math.Sqrt(width / height) * 64;
        return new PixelSize((int)Math.Round(scale) * 16, (int)Math.Round(64 * 64 / scale) * 16);
    }

    // Each value is prefixed with its length, so that different requests never give the same text.
    private static string Meaning(EditRequest request)
    {
        var meaning = new StringBuilder();
        void Add(string? value) => meaning.Append((value?.Length ?? -1).ToString(CultureInfo.InvariantCulture)).Append(':').Append(value);

        Add(request.Model.Name);
        Add(request.Settings.AspectRatio ?? "1:1");
        Add(request.Settings.ImageSize ?? "1K");
        Add(request.SystemInstruction);
        foreach (var setting in request.Settings.Others)
        {
            Add(setting);
        }

        foreach (var turn in request.Turns)
        {
            Add(turn.Role);
            foreach (var part in turn.Parts)
            {
                Add(part.Text);
                Add(part.Image?.Sha256);
            }
        }

        return meaning.ToString();
    }
}
