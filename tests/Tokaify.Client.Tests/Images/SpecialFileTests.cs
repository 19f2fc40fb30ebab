using System.Net.Sockets;
using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>Special files are refused at once. Each test has a time limit, because opening a named pipe waits for
/// another process.</summary>
public class SpecialFileTests
{
    private const string Links = "Windows has no links to devices, pipes or sockets";
    private const string Kept = "Windows has no pipes, sockets or links to devices among its files";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Kinds => OperatingSystem.IsWindows()
        ? new() { { "NUL", "device" } }
        : new()
        {
            { "pipe", "named pipe" },
            { "link to a pipe", "named pipe" },
            { "link to a link", "named pipe" },
            { "socket", "socket" },
            { "/dev/zero", "device" },
            { "/dev/null", "device" },
            { "link to a device", "device" },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_source_that_is_not_a_regular_file_is_refused_at_once(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        var error = await FailsAsync(() => SourceImage.Inspect(path));
        Assert.Equal(TokaifyErrorId.UnsupportedImage, error.ErrorId);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [UnixTheory(Links)]
    [MemberData(nameof(Kinds))]
    public async Task A_source_that_became_a_special_file_after_it_was_checked_is_refused(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("source.png", TestImages.Bytes("plain.png"));
        var source = SourceImage.Inspect(path);
        File.Delete(path);
        File.CreateSymbolicLink(path, Make(folder, kind));
        var error = await FailsAsync(() => source.Open());
        Assert.Equal(TokaifyErrorId.UnsupportedImage, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_conversation_that_is_a_special_file_is_refused(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        var error = await FailsAsync(() => ConversationFile.Restore(path));
        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [UnixTheory(Kept)]
    [InlineData("pipe", "named pipe")]
    [InlineData("link to a pipe", "named pipe")]
    [InlineData("socket", "socket")]
    [InlineData("link to a device", "device")]
    public async Task A_special_file_is_not_replaced(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        var before = folder.Names.ToList();
        Assert.Equal(TokaifyErrorId.InvalidArgument, (await FailsAsync(() => ConversationFile.Save(new Conversation(), path))).ErrorId);
        var error = await FailsAsync(() => WholeFile.Create(path).Dispose());
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Names);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_journal_that_is_a_special_file_is_refused(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        var error = await FailsAsync(() => JournalIndex.Load(path));
        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [UnixTheory(Kept)]
    [InlineData("pipe", "named pipe")]
    [InlineData("link to a device", "device")]
    public async Task No_line_is_written_to_a_special_file(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        var error = await FailsAsync(() => new JournalWriter(path).Open());
        Assert.Equal(TokaifyErrorId.SaveFailed, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [UnixTheory(Links)]
    [MemberData(nameof(Kinds))]
    public async Task An_image_of_a_conversation_that_is_a_special_file_is_refused(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("source.png", TestImages.Bytes("plain.png"));
        var reference = ImageReference.To(SourceImage.Inspect(path));
        File.Delete(path);
        File.CreateSymbolicLink(path, Make(folder, kind));
        var error = await FailsAsync(() => reference.Recall());
        Assert.Equal(TokaifyErrorId.UnsupportedImage, error.ErrorId);
        Assert.Contains(name, error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_model_catalogue_that_is_a_special_file_is_refused(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        var error = await FailsAsync(() => UserModelCatalog.LoadFrom(path, "a test"));
        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_special_file_has_no_digest(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var path = Make(folder, kind);
        Assert.NotEmpty(name);
        Assert.Null(await Task.Run(() => Sha256.OfFile(path)).WaitAsync(s_timeout));
    }

    [UnixTheory(Links)]
    [MemberData(nameof(Kinds))]
    public async Task A_special_file_with_the_name_of_an_image_is_not_an_existing_image(string kind, string name)
    {
        using var folder = new TemporaryFolder();
        var existing = folder.File("out.png");
        File.CreateSymbolicLink(existing, Make(folder, kind));
        var error = await FailsAsync(() => SavedImage.Inspect(new ImageFolder(folder.Path).Find("out")!));
        Assert.Equal(TokaifyErrorId.UnsupportedImage, error.ErrorId);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [LinuxFact("Linux alone has such files")]
    public void A_file_of_the_system_with_length_0_is_treated_as_empty_and_not_read()
    {
        // This one has data; reading others would wait for data.
        const string File = "/proc/version";
        var error = Assert.Throws<TokaifyException>(() => SourceImage.Inspect(File));
        Assert.Equal((TokaifyErrorId.UnsupportedImage, $"'{File}' is empty."), (error.ErrorId, error.Message));
        Assert.IsType<FormatException>(Assert.Throws<TokaifyException>(() => ConversationFile.Restore(File)).InnerException);
        Assert.IsType<FormatException>(Assert.Throws<TokaifyException>(() => UserModelCatalog.LoadFrom(File, "a test")).InnerException);
        Assert.Empty(JournalLines.Read(File));
    }

    [Fact]
    public void A_folder_is_not_a_source_and_the_error_advises_how_to_name_its_files()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<TokaifyException>(() => SourceImage.Inspect(folder.Path));
        Assert.Equal(TokaifyErrorId.UnsupportedImage, error.ErrorId);
        Assert.Equal(ErrorAdvice.NameFiles, error.Advice);
    }

    [LinkFact]
    public void A_regular_file_is_recognized_also_behind_a_link_and_under_any_name()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("été 😀.png", TestImages.Bytes("plain.png"));
        var link = folder.File("link.png");
        File.CreateSymbolicLink(link, path);
        Assert.Equal(SourceImage.Inspect(path).Length, SourceImage.Inspect(link).Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(FileKind.Regular, FileKinds.Of(link));
            Assert.Equal(FileKind.Folder, FileKinds.Of(folder.Path));
            Assert.Equal(FileKind.Unknown, FileKinds.Of(folder.File("nothing")));
        }
    }

    [UnixFact("on Windows, a device has that name")]
    public void A_Windows_device_is_refused_by_its_name_only_on_Windows()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(ImageFormat.Png, SourceImage.Inspect(folder.Write("NUL", TestImages.Bytes("plain.png"))).Format);
    }

    private static async Task<TokaifyException> FailsAsync(Action action) =>
        await Assert.ThrowsAsync<TokaifyException>(() => Task.Run(action).WaitAsync(s_timeout));

    private static string Make(TemporaryFolder folder, string kind)
    {
        switch (kind)
        {
            case "pipe":
                return NamedPipe.Make(folder.File("pipe.png"));
            case "link to a pipe":
                return Link("link.png", Make(folder, "pipe"));
            case "link to a link":
                return Link("link to link.png", Make(folder, "link to a pipe"));
            case "link to a device":
                return Link("device.png", "/dev/zero");
            case "socket":
                return MakeSocket(folder);
            default:
                return System.IO.Path.GetFullPath(kind);
        }

        string Link(string name, string target)
        {
            File.CreateSymbolicLink(folder.File(name), target);
            return folder.File(name);
        }
    }

    private static string MakeSocket(TemporaryFolder folder)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("socket")));
        // Under another name, the file remains when the socket is closed.
        File.Move(folder.File("socket"), folder.File("socket.png"));
        return folder.File("socket.png");
    }
}
