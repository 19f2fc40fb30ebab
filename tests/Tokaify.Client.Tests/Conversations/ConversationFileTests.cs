using System.Text;
using Xunit;

namespace Tokaify.Tests.Conversations;

/// <summary>A conversation in a file is restored completely, or gives an error.</summary>
public class ConversationFileTests
{
    [Fact]
    public void A_conversation_is_restored_completely()
    {
        using var folder = new TemporaryFolder();
        var conversation = Example(folder);
        ConversationFile.Save(conversation, folder.File("c.json"));

        var restored = ConversationFile.Restore(folder.File("c.json"));

        Assert.Equal(
            (conversation.Id, conversation.Model, conversation.SystemInstruction), (restored.Id, restored.Model, restored.SystemInstruction));
        Assert.Equal(conversation.Messages.SelectMany(Lines), restored.Messages.SelectMany(Lines));
    }

    [Fact]
    public void An_incomplete_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        ConversationFile.Save(Example(folder), folder.File("c.json"));
        var json = File.ReadAllBytes(folder.File("c.json"));

        for (var length = 0; length < json.Length; length++)
        {
            var path = folder.Write("cut.json", json[..length]);
            var failure = Assert.Throws<TokaifyException>(() => ConversationFile.Restore(path));
            Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
        }
    }

    [Theory]
    [InlineData("\"role\": \"user\"", "\"role\": \"system\"")]
    [InlineData("\"role\": \"user\"", "\"role\": \"model\"")]
    [InlineData("\"turns\": [", "\"turns\": [{ \"role\": \"user\", \"parts\": [] }], \"x\": [")]
    [InlineData("\"role\": \"user\"", "\"role\": 1")]
    [InlineData("\"length\": 1", "\"length\": \"x\"")]
    [InlineData("\"length\": 1", "\"length\": 1.5, \"x\": 1")]
    [InlineData("\"turns\": [", "\"turns\": 1, \"x\": [")]
    [InlineData("\"model\": \"gemini-2.5-flash-image\"", "\"model\": null")]
    [InlineData("\"model\": \"gemini-2.5-flash-image\"", "\"model\": \"\"")]
    [InlineData("\"thoughtSignature\": \"", "\"thoughtSignature\": 1, \"x\": \"")]
    [InlineData("\"thoughtSignature\": \"", "\"thoughtSignature\": null, \"x\": \"")]
    [InlineData("\"path\": \"a.png\"", "\"path\": \"a\\u0000.png\"")]
    [InlineData("\"version\": 1", "\"version\": \"1\"")]
    [InlineData("\"role\": \"user\"", "\"role\": \"\\ud800\"")]
    [InlineData("\"path\": \"a.png\"", "\"path\": \"a\\ud800.png\"")]
    [InlineData("\"thoughtSignature\": \"", "\"thoughtSignature\": \"\\udc00")]
    public void The_content_of_a_file_is_checked(string good, string bad)
    {
        using var folder = new TemporaryFolder();
        ConversationFile.Save(Example(folder), folder.File("c.json"));
        var json = File.ReadAllText(folder.File("c.json"));
        Assert.Contains(good, json, StringComparison.Ordinal);
        File.WriteAllText(folder.File("c.json"), json.Replace(good, bad, StringComparison.Ordinal));

        var failure = Assert.Throws<TokaifyException>(() => ConversationFile.Restore(folder.File("c.json")));

        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
    }

    [Theory]
    [InlineData(@"\\\\host\\share\\a.png")]
    [InlineData("//host/share/a.png")]
    [InlineData(@"\\\\?\\UNC\\host\\share\\a.png")]
    [InlineData("file://host/share/a.png")]
    public void An_image_on_a_share_that_only_the_file_names_is_refused(string image)
    {
        using var folder = new TemporaryFolder();
        ConversationFile.Save(Example(folder), folder.File("c.json"));
        var json = File.ReadAllText(folder.File("c.json"));
        File.WriteAllText(
            folder.File("c.json"), json.Replace("\"path\": \"a.png\"", $"\"path\": \"{image}\"", StringComparison.Ordinal));

        var failure = Assert.Throws<TokaifyException>(() => ConversationFile.Restore(folder.File("c.json")));

        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
        Assert.Contains("another share", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_an_error()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", []);

        var failure = Assert.Throws<TokaifyException>(() => ConversationFile.Save(new Conversation(), folder.File("file/c.json")));

        Assert.Equal(TokaifyErrorId.SaveFailed, failure.ErrorId);
        Assert.Equal(["file"], folder.Names);
    }

    [Theory]
    [InlineData("/a/b", "/a/b/c.png", "c.png")]
    [InlineData("/a/b", "/a/b/c/d.png", "c/d.png")]
    [InlineData("/a/b", "/a/c.png", "../c.png")]
    [InlineData("/a/b/", "/a/bc/d.png", "../bc/d.png")]
    [InlineData("/a/b/c", "/a/d/e.png", "../../d/e.png")]
    [InlineData("/a", "/b/c.png", "/b/c.png")]
    [InlineData("/a", "/a.png", "/a.png")]
    [InlineData("/a b/ü", "/a b/ü/%20 ?#.png", "%20 ?#.png")]
    public void A_path_is_made_relative_to_the_folder_and_resolved_again(string folder, string path, string expected)
    {
        if (OperatingSystem.IsWindows())
        {
            (folder, path) = (OnWindows(folder), OnWindows(path));
            expected = expected.StartsWith('/') ? path : WithoutMarks(expected);
        }

        Assert.Equal(expected, RelativePath.From(folder, path));
        Assert.Equal(path, RelativePath.Resolve(folder, expected));
    }

    private static string OnWindows(string path) => "C:" + WithoutMarks(path).Replace('/', '\\');

    // File names cannot contain one there.
    private static string WithoutMarks(string path) => path.Replace("?", "", StringComparison.Ordinal);

    private static Conversation Example(TemporaryFolder folder) => new(
        "an-id",
        "gemini-2.5-flash-image",
        "Keep \"the\" faces — 🌙",
        [
            new Turn(
                new Message(
                    "user", [new MessagePart("Night\n", null), new MessagePart(null, new ImageReference(folder.File("a.png"), 1, "00"))]),
                new Message(
                    "model",
                    [
                        new MessagePart("", null, Encoding.UTF8.GetBytes("A+b/c==")),
                        new MessagePart(
                            null,
                            new ImageReference(folder.File(Path.Combine("deep", "b.png")), 5_000_000_000, "ff"),
                            Encoding.UTF8.GetBytes("x")),
                        new MessagePart("Done.", null),
                    ])),
        ]);

    private static IEnumerable<string> Lines(Message message) => message.Parts.Select(part =>
        $"{message.Role} {part.Text} {part.Image} {(part.ThoughtSignature is { } signature ? Encoding.UTF8.GetString(signature) : "-")}");
}
