using System.Diagnostics;
using Xunit;

namespace Tokaify.Tests.Images;

public class FullDiskTests
{
    private static readonly byte[] s_image = Image(200_000);

    [Fact]
    public void If_the_disk_is_full_an_image_is_kept_elsewhere_and_the_error_says_where()
    {
        using var folder = new TemporaryFolder();
        using var image = new PendingImage(new ImageFolder(folder.Path), new FullDisk(room: 100_000), folder.File("none"), long.MaxValue);
        AssertKept(image);
    }

    [SmallVolumeFact]
    public void A_real_full_disk_is_handled_in_the_same_way()
    {
        using var parent = new TemporaryFolder();
        using var volume = new SmallVolume(parent.File("volume"));
        var folder = new ImageFolder(volume.Path);
        folder.Prepare();
        using (var image = folder.BeginImage(long.MaxValue))
        {
            AssertKept(image);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(volume.Path));
    }

    [SmallVolumeFact]
    public void An_image_is_saved_on_another_volume_like_anywhere_else()
    {
        using var parent = new TemporaryFolder();
        using var volume = new SmallVolume(parent.File("volume"));
        var small = Image(10_000);
        using var image = new ImageFolder(volume.Path).BeginImage(long.MaxValue);
        image.Write(small, small.Length);
        image.Complete();
        Assert.Equal(small, File.ReadAllBytes(image.Save("cat-edited", ReplacePolicy.Never).Path));
    }

    [SmallVolumeFact]
    public void A_folder_that_cannot_be_written_to_is_an_error_before_anything_is_sent()
    {
        using var parent = new TemporaryFolder();
        using var volume = new SmallVolume(parent.File("volume"), "ro,");
        var error = Assert.Throws<TokaifyException>(new ImageFolder(volume.Path).Prepare);
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
    }

    [Fact]
    public void A_path_that_is_too_long_is_an_error_before_anything_is_sent()
    {
        using var parent = new TemporaryFolder();
        var error = Assert.Throws<TokaifyException>(new ImageFolder(parent.File(new string('a', 300))).Prepare);
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
    }

    private static void AssertKept(PendingImage image)
    {
        const int Block = 30_000;
        for (var written = 0; written < s_image.Length; written += Block)
        {
            var block = s_image.AsSpan(written, Math.Min(Block, s_image.Length - written)).ToArray();
            image.Write(block, block.Length);
        }

        image.Complete();
        var error = Assert.Throws<TokaifyException>(() => image.Save("cat-edited", ReplacePolicy.Never));
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        var path = error.Message.Split('\'')[^2];
        Assert.Equal(s_image, File.ReadAllBytes(path));
        File.Delete(path);
    }

    private static byte[] Image(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        File.ReadAllBytes(TestImages.Path("plain.png")).AsSpan(0, 64).CopyTo(content);
        return content;
    }

    private sealed class FullDisk(int room) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            // A full disk still accepts data that fits.
            base.Write(buffer, offset, (int)Math.Min(count, room - Position));
            if (Position == room)
            {
                throw new IOException("There is no space left on the device.");
            }
        }
    }
}

/// <summary>A separate volume of 100 KB for a test.</summary>
internal sealed class SmallVolume : IDisposable
{
    public SmallVolume(string path, string options = "")
    {
        Path = path;
        Directory.CreateDirectory(path);
        if (!Run("mount", "-t", "tmpfs", "-o", options + "size=100k", "tmpfs", path))
        {
            throw new InvalidOperationException($"No volume could be mounted at {path}.");
        }
    }

    public string Path { get; }

    public static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(Programs.Start(command, arguments))!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public void Dispose() => Run("umount", Path);
}

/// <summary>A test that needs the right to mount a volume.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallVolumeFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> s_canMount = new(CanMount);

    public SmallVolumeFactAttribute()
    {
        if (!s_canMount.Value)
        {
            Skip = "needs Linux and the right to mount a volume";
        }
    }

    private static bool CanMount()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var folder = new TemporaryFolder();
        return SmallVolume.Run("mount", "-t", "tmpfs", "tmpfs", folder.Path) && SmallVolume.Run("umount", folder.Path);
    }
}
