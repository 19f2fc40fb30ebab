using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>Paths that are the same file at every location and on every drive.</summary>
public class FilePathTests
{
    public static TheoryData<string?, bool> Paths => OperatingSystem.IsWindows()
        ? new()
        {
            { @"C:\edits.jsonl", true },
            { "c:/edits.jsonl", true },
            { @"\\server\share\edits.jsonl", true },
            { "//server/share/edits.jsonl", true },
            { @"\\?\C:\edits.jsonl", true },
            { @"\edits.jsonl", false },
            { "/edits.jsonl", false },
            { "C:edits.jsonl", false },
            { "C:", false },
            { @"1:\edits.jsonl", false },
            { "edits|.jsonl", false },
        }
        : new()
        {
            { "/edits.jsonl", true },
            { "/", true },
            { @"C:\edits.jsonl", false },
            { @"\\server\share\edits.jsonl", false },
        };

    public static TheoryData<string, string> Ends => OperatingSystem.IsWindows()
        ? new()
        {
            { @"C:\", @"C:\" },
            { @"C:\journals\", @"C:\journals" },
            { @"\\server\share\", @"\\server\share" },
            { @"\\?\C:\", @"\\?\C:\" },
        }
        : new()
        {
            { "/", "/" },
            { "/journals//", "/journals" },
        };

    [Theory]
    [MemberData(nameof(Ends))]
    public void A_path_is_the_same_folder_without_its_last_separator(string path, string shorter) => Assert.Equal(shorter, FilePath.WithoutEnd(path));

    [Theory]
    [InlineData("/photos/cat.png", "cat.png")]
    [InlineData("cat.png", "cat.png")]
    [InlineData("/photos/", "")]
    [InlineData("/photos/a|b\"<.png", "a|b\"<.png")]
    public void A_name_is_found_in_any_text(string path, string name) => Assert.Equal(name, FilePath.NameOf(path));

    [Theory]
    [MemberData(nameof(Paths))]
    [InlineData("edits.jsonl", false)]
    [InlineData("./edits.jsonl", false)]
    [InlineData("~/edits.jsonl", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_path_is_full_if_neither_drive_nor_location_matters(string? path, bool isFull) => Assert.Equal(isFull, FilePath.IsFull(path));
}
