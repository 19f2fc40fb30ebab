using System.Text;
using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>The place of an image that is paid for and cannot be saved under its name.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly TemporaryFolder _parent = new();

    private string Preferred => _parent.File("Recovered");

    private string Fallback => _parent.File("fallback");

    public void Dispose() => _parent.Dispose();

    [Theory]
    [InlineData("cat-edited")]
    [InlineData("a", 230)]
    [InlineData("é", 115)]
    [InlineData("猫", 76)]
    [InlineData("😀", 57)]
    public void An_image_with_a_name_of_any_length_is_kept_under_a_permanent_name(string text, int count = 1)
    {
        var name = string.Concat(Enumerable.Repeat(text, count));
        var path = KeptAt(FailToSave(name, RecoveryTo(Preferred)));
        Assert.Equal(Preferred, Path.GetDirectoryName(path));
        Assert.InRange(Encoding.UTF8.GetByteCount(Path.GetFileName(path)), 1, 255);
        Assert.EndsWith(".png", path, StringComparison.Ordinal);
        Assert.Contains(text, path, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', path);
        AssertLasts(path);
    }

    [UnixFact("measures a name against the greatest length of a path on Unix")]
    public void In_a_folder_that_allows_only_short_names_the_image_gets_a_short_name()
    {
        // A path may have 4096 bytes; this one leaves 60 for a name.
        var deep = _parent.Path;
        while (deep.Length < 4035 - 101)
        {
            deep = Path.Combine(deep, new string('d', 100));
        }

        deep = Path.Combine(deep, new string('e', 4034 - deep.Length - 1));
        var path = KeptAt(FailToSave("cat-edited", RecoveryTo(deep)));
        Assert.Equal(deep, Path.GetDirectoryName(path));
        AssertLasts(path);
    }

    [Fact]
    public void Without_the_preferred_folder_it_is_kept_where_it_is()
    {
        File.WriteAllText(Preferred, "no folder");
        using var folder = new TemporaryFolder();
        var path = KeptAt(FailToSave("cat-edited", RecoveryTo(Preferred), folder));
        Assert.Equal(folder.Path, Path.GetDirectoryName(path));
        AssertLasts(path);
    }

    [UnixTheory("an open file keeps its folder on Windows")]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_home_and_without_its_folder_it_is_kept_in_the_fallback(bool hasHome)
    {
        File.WriteAllText(Preferred, "no folder");
        var path = KeptAt(FailToSaveInRemovedFolder("cat-edited", RecoveryTo(hasHome ? Preferred : null)));
        Assert.Equal(Fallback, Path.GetDirectoryName(path));
        AssertLasts(path);
    }

    [UnixFact("an open file keeps its folder on Windows")]
    public void An_image_that_cannot_be_kept_anywhere_is_not_reported_as_kept()
    {
        File.WriteAllText(Preferred, "no folder");
        File.WriteAllText(Fallback, "no folder either");
        var error = FailToSaveInRemovedFolder("cat-edited", RecoveryTo(Preferred));
        Assert.Contains("is lost", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tokaify-", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_move_to_another_volume_is_complete_or_leaves_nothing()
    {
        // A move that fails half-way leaves nothing under the name that it failed with.
        using var folder = new TemporaryFolder();
        var missing = folder.File("missing.tmp");
        Assert.Null(RecoveryTo(Preferred).Keep(missing, length: 1, "cat-edited.png"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Preferred));
        Assert.Empty(folder.Names);
    }

    [SmallVolumeFact]
    public void If_disks_are_full_while_an_image_arrives_the_next_folder_is_used()
    {
        using var small = new SmallVolume(_parent.File("small"));
        using var smaller = new SmallVolume(_parent.File("smaller"));
        var content = Random(200_000);
        var folder = new ImageFolder(small.Path);
        using (var image = new PendingImage(folder, TemporaryFile.Create(small.Path), RecoveryTo(smaller.Path)))
        {
            for (var written = 0; written < content.Length; written += 20_000)
            {
                image.Write(content[written..(written + 20_000)], 20_000);
            }

            image.Complete();
            var path = KeptAt(Assert.Throws<TokaifyException>(() => image.Save("cat-edited", ReplacePolicy.Never)));
            Assert.Equal(Fallback, Path.GetDirectoryName(path));
            Assert.Equal(content, File.ReadAllBytes(path));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(small.Path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(smaller.Path));
    }

    [SmallVolumeFact]
    public void An_image_is_kept_on_a_volume_with_enough_space_and_not_partly_on_a_full_one()
    {
        using var small = new SmallVolume(_parent.File("small"));
        using var folder = new TemporaryFolder();
        var content = Random(200_000);
        using var image = new PendingImage(new ImageFolder(folder.Path), TemporaryFile.Create(folder.Path), RecoveryTo(small.Path));
        image.Write(content, content.Length);
        image.Complete();
        Directory.CreateDirectory(Path.Combine(folder.File("cat-edited.png"), "full"));

        var path = KeptAt(Assert.Throws<TokaifyException>(() => image.Save("cat-edited", new ReplaceFiles())));

        Assert.Equal(folder.Path, Path.GetDirectoryName(path));
        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.Empty(Directory.EnumerateFileSystemEntries(small.Path));
    }

    [Fact]
    public void A_file_that_cannot_be_replaced_is_named()
    {
        using var folder = new TemporaryFolder();
        var error = FailToSave("cat-edited", RecoveryTo(Preferred), folder);
        Assert.StartsWith($"'{folder.File("cat-edited.png")}' cannot be replaced: ", error.Message, StringComparison.Ordinal);
    }

    [WindowsTheory]
    [InlineData("locked")]
    [InlineData("read-only")]
    public void A_file_that_Windows_does_not_replace_stays_and_the_image_is_kept(string kind)
    {
        using var folder = new TemporaryFolder();
        var target = folder.Write("cat-edited.png", [1]);
        File.SetAttributes(target, kind == "read-only" ? FileAttributes.ReadOnly : FileAttributes.Normal);
        using (kind == "locked" ? new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null)
        {
            using var image = new PendingImage(new ImageFolder(folder.Path), TemporaryFile.Create(folder.Path), RecoveryTo(Preferred));
            image.Write(Image, Image.Length);
            image.Complete();
            AssertLasts(KeptAt(Assert.Throws<TokaifyException>(() => image.Save("cat-edited", new ReplaceFiles()))));
        }

        File.SetAttributes(target, FileAttributes.Normal);
        Assert.Equal([1], File.ReadAllBytes(target));
    }

    [SmallVolumeFact]
    public void No_message_names_a_temporary_file()
    {
        using var full = new SmallVolume(_parent.File("it's full"));
        File.WriteAllBytes(Path.Combine(full.Path, "filler"), new byte[96 * 1024]);
        File.WriteAllText(Preferred, "no folder");
        File.WriteAllText(Fallback, "no folder either");
        using var image = new PendingImage(new ImageFolder(full.Path), TemporaryFile.Create(full.Path), RecoveryTo(Preferred));
        AssertUnnamed(Assert.Throws<TokaifyException>(() => image.Write(Random(200_000), 200_000)), full.Path);
        using var page = WholeFile.Create(Path.Combine(full.Path, "page.html"));
        AssertUnnamed(Assert.Throws<TokaifyException>(() => page.Write(() => page.Stream.Write(Random(200_000)))), full.Path);

        using var readOnly = new SmallVolume(_parent.File("read-only"), "ro,");
        AssertUnnamed(Assert.Throws<TokaifyException>(new ImageFolder(readOnly.Path).Prepare), readOnly.Path);
        AssertUnnamed(
            Assert.Throws<TokaifyException>(() => WholeFile.Create(Path.Combine(readOnly.Path, "page.html"))), readOnly.Path);
    }

    [Fact]
    public void The_default_is_a_full_path_for_any_environment()
    {
        using var folder = new TemporaryFolder();
        var path = KeptAt(FailToSave("cat-edited", RecoveryFolder.Default));
        Assert.True(Path.IsPathFullyQualified(path));
        File.Delete(path);
    }

    private static byte[] Image => File.ReadAllBytes(TestImages.Path("plain.png"));

    private static byte[] Random(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        Image.AsSpan(0, 64).CopyTo(content);
        return content;
    }

    private RecoveryFolder RecoveryTo(string? preferred) => new(preferred, () => Directory.CreateDirectory(Fallback).FullName);

    private static TokaifyException FailToSave(string name, RecoveryFolder recovery)
    {
        using var folder = new TemporaryFolder();
        return FailToSave(name, recovery, folder);
    }

    /// <summary>Fails because a folder has the name that may be replaced.</summary>
    private static TokaifyException FailToSave(string name, RecoveryFolder recovery, TemporaryFolder folder)
    {
        Directory.CreateDirectory(Path.Combine(folder.File(name + ".png"), "full"));
        using var image = new PendingImage(new ImageFolder(folder.Path), TemporaryFile.Create(folder.Path), recovery);
        image.Write(Image, Image.Length);
        image.Complete();
        return Assert.Throws<TokaifyException>(() => image.Save(name, new ReplaceFiles()));
    }

    private TokaifyException FailToSaveInRemovedFolder(string name, RecoveryFolder recovery)
    {
        var folder = Directory.CreateDirectory(_parent.File("gone"));
        using var image = new PendingImage(new ImageFolder(folder.FullName), TemporaryFile.Create(folder.FullName), recovery);
        image.Write(Image, Image.Length);
        image.Complete();
        folder.Delete(recursive: true);
        return Assert.Throws<TokaifyException>(() => image.Save(name, ReplacePolicy.Never));
    }

    private static void AssertUnnamed(Exception error, string folder)
    {
        Assert.Contains(folder, error.Message, StringComparison.Ordinal);
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            Assert.DoesNotContain(".tokaify-", cause.Message, StringComparison.Ordinal);
        }
    }

    private static string KeptAt(TokaifyException error)
    {
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        Assert.DoesNotContain(".tokaify-", error.Message, StringComparison.Ordinal);
        Assert.Contains("is kept at '", error.Message, StringComparison.Ordinal);
        return error.Message.Split('\'')[^2];
    }

    /// <summary>No later run removes it.</summary>
    private static void AssertLasts(string path)
    {
        TemporaryFile.RemoveOrphans(Path.GetDirectoryName(path)!);
        Assert.DoesNotContain(".tokaify-", path, StringComparison.Ordinal);
        Assert.Equal(Image, File.ReadAllBytes(path));
    }
}
