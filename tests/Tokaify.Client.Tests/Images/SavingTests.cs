using Xunit;

namespace Tokaify.Tests.Images;

public class SavingTests
{
    private const long NoLimit = long.MaxValue;

    private static readonly OutputName s_template = new(OutputName.DefaultTemplate);

    [Fact]
    public void An_image_is_whole_under_its_name_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        var saved = Save(folder, "cat-edited", ReplacePolicy.Never);
        Assert.Equal(folder.File("cat-edited.png"), saved.Path);
        Assert.Equal(Image, File.ReadAllBytes(saved.Path));
        Assert.Equal((61, 43, "image/png", Image.LongLength), (saved.Width, saved.Height, saved.MimeType, saved.Length));
        Assert.Equal(["cat-edited.png"], folder.Names);
    }

    [Fact]
    public void A_name_that_is_taken_gets_a_number_and_nothing_is_overwritten()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("cat-edited.png"), "mine");
        Directory.CreateDirectory(folder.File("cat-edited-2.png"));
        Assert.Equal(folder.File("cat-edited-3.png"), Save(folder, "cat-edited", ReplacePolicy.Never).Path);
        Assert.Equal("mine", File.ReadAllText(folder.File("cat-edited.png")));
    }

    [Fact]
    public void A_file_is_replaced_if_that_is_requested()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("cat-edited.png"), "old");
        Assert.Equal(folder.File("cat-edited.png"), Save(folder, "cat-edited", new ReplaceFiles()).Path);
        Assert.Equal(Image, File.ReadAllBytes(folder.File("cat-edited.png")));
    }

    [Fact]
    public void Many_at_once_never_share_a_name()
    {
        using var folder = new TemporaryFolder();
        Parallel.For(0, 64, _ => Save(folder, "cat-edited", ReplacePolicy.Never));
        Assert.Equal(64, folder.Names.Count());
        Assert.All(folder.Names, name => Assert.Equal(Image, File.ReadAllBytes(folder.File(name))));
    }

    [Fact]
    public void Two_sources_of_a_batch_never_share_a_name_and_a_second_batch_gives_the_same_names()
    {
        var folder = new ImageFolder("/pictures");
        for (var run = 0; run < 2; run++)
        {
            var claims = new NameClaims();
            Assert.Equal("cat-edited", Names("cat").ClaimedIn(claims, folder).Of(1));
            Assert.Equal("CAT-edited-2", Names("CAT").ClaimedIn(claims, folder).Of(1));
            Assert.Equal("cat-edited", Names("cat").ClaimedIn(claims, new ImageFolder("/elsewhere")).Of(1));
        }
    }

    [Fact]
    public void A_second_image_never_replaces_another_sources_first()
    {
        var folder = new ImageFolder("/pictures");
        var claims = new NameClaims();
        var first = Names("cat").ClaimedIn(claims, folder);
        var second = Names("cat").ClaimedIn(claims, folder);
        Assert.True(first.TryClaim(folder.Path, first.Of(1)));
        Assert.Equal("cat-edited-2", second.Of(1));
        Assert.False(first.TryClaim(folder.Path, first.Of(2)));
    }

    [Fact]
    public void An_image_that_is_not_saved_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        using (var image = new ImageFolder(folder.Path).BeginImage(NoLimit))
        {
            image.Write(Image, Image.Length);
            Assert.Single(folder.Names);
        }

        Assert.Empty(folder.Names);
    }

    [Fact]
    public void Bytes_that_are_not_an_image_are_refused()
    {
        using var folder = new TemporaryFolder();
        using var image = new ImageFolder(folder.Path).BeginImage(NoLimit);
        image.Write("GIF89a"u8.ToArray(), 6);
        Assert.Throws<BadResponseException>(image.Complete);
    }

    [Fact]
    public void An_image_over_the_limit_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var image = new ImageFolder(folder.Path).BeginImage(limit: 10);
        image.Write(Image, 10);
        Assert.Throws<BadResponseException>(() => image.Write(Image, 1));
    }

    [UnixFact("an open file keeps its folder on Windows")]
    public void A_paid_image_whose_folder_was_removed_is_kept_and_the_error_says_where()
    {
        using var parent = new TemporaryFolder();
        var folder = Directory.CreateDirectory(parent.File("gone"));
        using var image = new ImageFolder(folder.FullName).BeginImage(NoLimit);
        image.Write(Image, Image.Length);
        image.Complete();
        folder.Delete(recursive: true);
        var error = Assert.Throws<TokaifyException>(() => image.Save("cat-edited", ReplacePolicy.Never));
        AssertKept(error);
    }

    [Fact]
    public void A_paid_image_that_cannot_replace_a_file_is_kept_and_the_error_says_where()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.File("cat-edited.png"), "full"));
        var error = Assert.Throws<TokaifyException>(() => Save(folder, "cat-edited", new ReplaceFiles()));
        AssertKept(error);
        Assert.Equal(["cat-edited.png"], folder.Names);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_before_anything_is_sent()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        var error = Assert.Throws<TokaifyException>(new ImageFolder(folder.File("file")).Prepare);
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
    }

    [Fact]
    public void An_existing_image_is_found_with_any_extension()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("cat-edited.jpg"), "x");
        Assert.Equal(folder.File("cat-edited.jpg"), new ImageFolder(folder.Path).Find("cat-edited"));
        Assert.Null(new ImageFolder(folder.Path).Find("dog-edited"));
        Assert.Null(new ImageFolder(folder.File("nowhere")).Find("cat-edited"));
    }

    private static byte[] Image => File.ReadAllBytes(TestImages.Path("plain.png"));

    private static PictureNames Names(string source) => new(s_template, source, "m", DateTime.Now);

    private static SavedImage Save(TemporaryFolder folder, string name, ReplacePolicy policy)
    {
        using var image = new ImageFolder(folder.Path).BeginImage(NoLimit);
        image.Write(Image, Image.Length);
        image.Complete();
        return image.Save(name, policy);
    }

    private static void AssertKept(TokaifyException error)
    {
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        var path = error.Message.Split('\'')[^2];
        Assert.Equal(Image, File.ReadAllBytes(path));
        File.Delete(path);
    }
}
