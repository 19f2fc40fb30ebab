using System.Text.Json;
using Tokaify.Tests.Network;
using Xunit;

namespace Tokaify.Tests.Metadata;

/// <summary>The output of other programs for images that are sent with <see cref="ImageRequest.StripMetadata"/>.</summary>
public class StrippedImageTests
{
    // The properties of the image's encoding, and the two that are kept.
    private static readonly string[] s_allowed =
        ["SourceFile", "ExifTool", "System", "File", "JFIF", "PNG", "RIFF", "ICC_Profile", "ICC-header", "ICC-view", "ICC-meas", "ICC-chrm", "Adobe", "APP14", "Composite"];

    public static IReadOnlyList<string> Pictures { get; } =
        ["baseline.jpg", "progressive.jpg", "exif-thumbnail.jpg", "grayscale.jpg", "plain.png", "palette.png", "interlaced.png", "alpha.png", "lossy.webp", "lossless.webp", "alpha.webp"];

    [FoundFact("exiftool")]
    public async Task Only_orientation_and_profile_are_left()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in Pictures)
        {
            var source = await WithMetadataAsync(folder, name);
            Assert.Contains("Doe", await InspectAsync(source), StringComparison.Ordinal);

            var sent = folder.Write($"sent-{name}", StrippingTests.SentOf(source));

            using var tags = JsonDocument.Parse(await InspectAsync(sent));
            var found = tags.RootElement[0].EnumerateObject().Select(tag => tag.Name).ToList();
            Assert.DoesNotContain(found, tag => tag != "IFD0:Orientation" && !s_allowed.Contains(tag.Split(':')[0]));
            Assert.Contains("IFD0:Orientation", found);
            Assert.DoesNotContain("Doe", tags.RootElement.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Trailer", tags.RootElement.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(6, tags.RootElement[0].GetProperty("IFD0:Orientation").GetInt32());
        }
    }

    [FoundFact("convert")]
    public async Task The_pixels_are_the_same()
    {
        using var folder = new TemporaryFolder();
        foreach (var path in TestImages.All.Where(path => Path.GetExtension(path) is ".jpg" or ".png" or ".webp"))
        {
            var name = Path.GetFileName(path);
            if (name is "empty.png" or "truncated.png" or "arithmetic.jpg")
            {
                continue;
            }

            var sent = folder.Write($"sent-{name}", StrippingTests.SentOf(path));
            await ConvertAsync(path, folder.File("before.rgba"));
            await ConvertAsync(sent, folder.File("after.rgba"));
            Assert.Equal(await File.ReadAllBytesAsync(folder.File("before.rgba")), await File.ReadAllBytesAsync(folder.File("after.rgba")));
        }
    }

    private static async Task<string> WithMetadataAsync(TemporaryFolder folder, string name)
    {
        var path = folder.Write(name, TestImages.Bytes(name));
        var arguments = new List<string>
        {
            "-q", "-overwrite_original", "-n", "-Orientation=6", "-Artist=Jane Doe", "-Make=Doe", "-Model=Doe 5", "-SerialNumber=Doe77",
            "-GPSLatitude=47.3769", "-GPSLatitudeRef=N", "-GPSLongitude=8.5417", "-GPSLongitudeRef=E", "-UserComment=Doe",
            "-XMP-dc:Creator=Jane Doe", "-XMP-photoshop:City=Doe",
        };
        if (Path.GetExtension(name) == ".jpg")
        {
            arguments.AddRange(["-IPTC:By-line=Jane Doe", "-Comment=Doe", $"-ThumbnailImage<={TestImages.Path("baseline.jpg")}"]);
        }

        if (Path.GetExtension(name) == ".png")
        {
            arguments.AddRange(["-PNG:Author=Jane Doe", "-PNG:Comment=Doe"]);
        }

        arguments.Add(path);
        var run = await Programs.RunAsync(Programs.Start("exiftool", [.. arguments]));
        Assert.True(run.ExitCode == 0, run.Errors);
        // Like a phone that appends a video to a photo.
        using var file = new FileStream(path, FileMode.Append);
        file.Write("ftypmp42 Jane Doe"u8);
        return path;
    }

    private static async Task<string> InspectAsync(string path)
    {
        var run = await Programs.RunAsync(Programs.Start("exiftool", "-j", "-a", "-u", "-G1", "-n", path));
        Assert.True(run.ExitCode == 0, run.Errors + run.Output);
        return run.Output;
    }

    // As stored: applying the orientation would hide whether it was kept.
    private static async Task ConvertAsync(string path, string rgba)
    {
        var run = await Programs.RunAsync(Programs.Start(FoundFactAttribute.Find("convert")!, path, "-depth", "8", $"rgba:{rgba}"));
        Assert.True(run.ExitCode == 0, run.Errors);
    }
}
