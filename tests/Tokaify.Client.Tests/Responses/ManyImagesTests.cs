using System.Text;
using Xunit;

namespace Tokaify.Tests.Responses;

/// <summary>Responses with more images than requested.</summary>
public sealed class ManyImagesTests
{
    private static readonly string s_image = $$$"""{"inlineData":{"data":"{{{Response.Base64(Response.Png)}}}"}}""";
    private static readonly string s_draft = $$"""{"inlineData":{"data":"{{Response.Base64(Response.Png)}}"},"thought":true}""";

    private static readonly string s_markdown = $"![image](data:image/png;base64,{Response.Base64(Response.Png)})";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sixty_four_images_are_saved_and_one_file_is_open_at_a_time(bool isInText)
    {
        using var folder = new TemporaryFolder();
        var parts = isInText
            ? $$"""{"text":"{{string.Concat(Enumerable.Repeat(s_markdown, ImageSlots.Limit))}}"}"""
            : string.Join(",", Enumerable.Repeat(s_image, ImageSlots.Limit));

        using var response = await ReadAsync(folder, parts);

        Assert.Equal(ImageSlots.Limit, response.Images.Count);
        AssertOpen(folder, 1);
        foreach (var image in response.Images)
        {
            Assert.Equal(TestImages.Bytes(Response.Png), File.ReadAllBytes(image.Save("out", ReplacePolicy.Never).Path));
            AssertOpen(folder, image == response.Images[^1] ? 0 : 1);
        }

        Assert.Equal(ImageSlots.Limit, folder.Names.Count());
        Assert.DoesNotContain(folder.Names, name => name.StartsWith('.'));
    }

    [Fact]
    public async Task One_more_image_is_a_bad_response_and_those_that_arrived_are_kept()
    {
        using var folder = new TemporaryFolder();

        using var response = await ReadAsync(folder, string.Join(",", Enumerable.Repeat(s_image, ImageSlots.Limit + 1)));

        Assert.Equal(ImageSlots.Limit, response.Images.Count);
        Assert.Equal(TokaifyErrorId.BadResponse, response.Flaw!.Error!.ErrorId);
        Assert.Contains("more than 64 images", response.Flaw.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_images_in_one_part_are_a_bad_response()
    {
        using var folder = new TemporaryFolder();
        var text = string.Concat(Enumerable.Repeat(s_markdown, ImageSlots.Limit + 1));

        var error = await Assert.ThrowsAsync<TokaifyException>(() => ReadAsync(folder, $$"""{"text":"{{text}}"}"""));

        Assert.Equal(TokaifyErrorId.BadResponse, error.ErrorId);
        Assert.False(error.IsTransient);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Drafts_do_not_count()
    {
        using var folder = new TemporaryFolder();

        using var response = await ReadAsync(folder, string.Join(",", [.. Enumerable.Repeat(s_draft, 200), s_image]));

        Assert.Single(response.Images);
        Assert.Single(folder.Names);
    }

    [Fact]
    public async Task Drafts_without_end_are_a_bad_response()
    {
        using var folder = new TemporaryFolder();

        var error = await Assert.ThrowsAsync<TokaifyException>(() => ReadAsync(folder, string.Join(",", Enumerable.Repeat(s_draft, 1025))));

        Assert.Contains("begins more than 1024 images", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Empty_data_creates_no_file()
    {
        // A folder that is not there: a file in it would be an error.
        var folder = new ImageFolder(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        using var body = Body(string.Join(",", Enumerable.Repeat("""{"inlineData":{"mimeType":"","data":""},"text":""}""", 10_000)));

        using var response = await ResponseReader.ReadAsync(
            body, new ResponseHead(200, null, null), () => folder.BeginImage(long.MaxValue), Edits.Errors, CancellationToken.None);

        Assert.Empty(response.Images);
    }

    private static Task<GenerateContentResponse> ReadAsync(TemporaryFolder folder, string parts) => ResponseReader.ReadAsync(
        Body(parts), new ResponseHead(200, null, null), () => new ImageFolder(folder.Path).BeginImage(long.MaxValue), Edits.Errors, CancellationToken.None);

    private static MemoryStream Body(string parts) =>
        new(Encoding.UTF8.GetBytes($$$"""{"candidates":[{"content":{"parts":[{{{parts}}}]}}]}"""));

    // Only Linux lists the open files of a process.
    private static void AssertOpen(TemporaryFolder folder, int count)
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(count, Directory.EnumerateFiles("/proc/self/fd").Count(
                file => new FileInfo(file).LinkTarget?.StartsWith(folder.Path, StringComparison.Ordinal) == true));
        }
    }
}
