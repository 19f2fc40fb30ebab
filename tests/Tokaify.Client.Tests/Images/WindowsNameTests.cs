using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>Names with a special meaning on Windows. The rules are tested on every system; the system's own interpretation of a name is
/// tested on Windows.</summary>
public sealed class WindowsNameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("NUL", "_NUL")]
    [InlineData("nul.png", "_nul.png")]
    [InlineData("nul.tar.gz", "_nul.tar.gz")]
    [InlineData("nul .png", "_nul .png")]
    [InlineData("com¹.jpeg", "_com¹.jpeg")]
    [InlineData("CONOUT$", "_CONOUT$")]
    [InlineData("nul:", "nul_")]
    [InlineData("photo.", "photo")]
    [InlineData("photo. . ", "photo")]
    [InlineData(" photo", "photo")]
    [InlineData("photo.png:notes", "photo.png_notes")]
    [InlineData("photo.png::$DATA", "photo.png__$DATA")]
    [InlineData("C:photo", "C_photo")]
    [InlineData(@"\\host\share\photo", "__host_share_photo")]
    [InlineData(@"\\?\C:\photo", "____C__photo")]
    [InlineData("Pictures:/photo", "Pictures__photo")]
    public void A_sources_name_becomes_only_a_file_name(string name, string expected)
    {
        var names = new PictureNames(new OutputName("{name}"), name, "model", DateTime.UnixEpoch);
        Assert.Equal(expected, names.Of(1));
    }

    [Theory]
    [InlineData("NUL", "_NUL")]
    [InlineData("aux.{name}", "_aux.cat")]
    [InlineData("{name}.", "cat")]
    [InlineData("{name}:notes", "cat_notes")]
    [InlineData("C:{name}", "C_cat")]
    public void A_template_leads_into_its_folder_and_to_no_device(string template, string expected) =>
        Assert.Equal(expected, new PictureNames(new OutputName(template), "cat", "model", DateTime.UnixEpoch).Of(1));

    [Theory]
    [InlineData(@"\\host\share\{name}")]
    [InlineData(@"\\?\C:\{name}")]
    [InlineData(@"..\{name}")]
    [InlineData("C:/{name}")]
    public void A_template_with_a_folder_in_it_is_refused(string template) =>
        Assert.Equal(TokaifyErrorId.InvalidArgument, Assert.Throws<TokaifyException>(() => new OutputName(template)).ErrorId);

    [Theory]
    [InlineData(@"C:\folder\nul", true)]
    [InlineData(@"C:\folder\nul.jsonl", true)]
    [InlineData(@"C:\folder\NUL .jsonl", true)]
    [InlineData(@"C:\folder\nul:jsonl", true)]
    [InlineData("com1.tar.gz", true)]
    [InlineData(@"\\.\nul", true)]
    [InlineData(@"\\?\nul", true)]
    [InlineData(@"\\host\share\nul.jsonl", true)]
    [InlineData(@"C:\nul\edits.jsonl", false)]
    [InlineData(@"C:\folder\null.jsonl", false)]
    [InlineData(@"C:\folder\edits.nul", false)]
    [InlineData(@"\\host\share\edits.jsonl", false)]
    [InlineData("C:edits.jsonl", false)]
    public void A_possible_device_is_recognized_with_any_extension(string path, bool mayBe) => Assert.Equal(mayBe, WindowsPath.MayBeDevice(path));

    [Theory]
    [InlineData("photo.png:notes", true)]
    [InlineData(@"C:\folder\photo.png:notes", true)]
    [InlineData(@"C:\folder\photo.png::$DATA", true)]
    [InlineData(@"C:photo.png:notes", true)]
    [InlineData(@"\\host\share\photo.png:notes", true)]
    [InlineData(@"\\?\C:\folder\photo.png:notes", true)]
    [InlineData(@"\\?\UNC\host\share\photo.png:notes", true)]
    [InlineData(@"C:\folder\photo.png", false)]
    [InlineData("C:/folder/photo.png", false)]
    [InlineData("C:photo.png", false)]
    [InlineData("C:", false)]
    [InlineData(@"\\host\share\photo.png", false)]
    [InlineData(@"\\?\C:\folder\photo.png", false)]
    [InlineData("//./C:/folder/photo.png", false)]
    [InlineData(@"\\?\Volume{01234567-89ab-cdef-0123-456789abcdef}\photo.png", false)]
    [InlineData("photo.png", false)]
    [InlineData("", false)]
    public void An_alternate_stream_is_recognized_by_its_colon(string path, bool isStream) => Assert.Equal(isStream, WindowsPath.IsStream(path));

    [Fact]
    public void Names_that_differ_only_in_case_are_one_name_on_every_system()
    {
        var claims = new NameClaims();
        Assert.True(claims.TryTake("/pictures", "Cat", owner: 1));
        Assert.False(claims.TryTake("/pictures", "cAT", owner: 2));
    }

    [Theory]
    [InlineData(@"\\localhost\no-such-share-of-tokaify\pictures", "no such share")]
    [InlineData(@"Q:\pictures", "no such drive")]
    public void The_error_for_an_impossible_folder_says_what_is_wrong_with_it(string folder, string words)
    {
        var error = Assert.Throws<TokaifyException>(() => new ImageFolder(folder).Examine());
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [WindowsTheory]
    [InlineData("nul")]
    [InlineData("NUL.")]
    [InlineData("con")]
    [InlineData("aux")]
    [InlineData("cat.png:notes")]
    public void A_special_file_is_not_a_source(string name)
    {
        _folder.Write("cat.png", TestImages.Bytes("plain.png"));
        var error = Assert.Throws<TokaifyException>(() => SourceImage.Inspect(_folder.Path + @"\" + name));
        Assert.Contains("It was not opened", error.Message, StringComparison.Ordinal);
    }

    [WindowsTheory]
    [InlineData("nul")]
    [InlineData("page.html:notes")]
    public void A_special_file_is_neither_a_report_nor_a_journal(string name)
    {
        var path = _folder.Path + @"\" + name;
        Assert.Equal(TokaifyErrorId.SaveFailed, Assert.Throws<TokaifyException>(() => WholeFile.Create(path)).ErrorId);
        using var journal = new JournalWriter(path);
        Assert.Equal(TokaifyErrorId.SaveFailed, Assert.Throws<TokaifyException>(() => journal.Open()).ErrorId);
        Assert.Empty(_folder.Names);
    }

    [WindowsFact]
    public void A_long_path_prefix_leads_to_the_same_file()
    {
        var path = _folder.Write("cat.png", TestImages.Bytes("plain.png"));
        Assert.Equal(SourceImage.Inspect(path).Length, SourceImage.Inspect(@"\\?\" + path).Length);
    }

    [WindowsFact]
    public void A_name_that_is_taken_in_another_case_is_taken()
    {
        _folder.Write("CAT.PNG", [1]);
        var temporary = _folder.Write("new.tmp", [2]);

        var path = new ImageFolder(_folder.Path).MoveIn(temporary, "cat", ".png", ReplacePolicy.Never);

        Assert.Equal(_folder.File("cat-2.png"), path);
        Assert.Equal([1], File.ReadAllBytes(_folder.File("CAT.PNG")));
    }
}
