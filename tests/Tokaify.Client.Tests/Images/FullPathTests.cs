using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>Paths that are the same file at every location and on every drive.</summary>
public class FullPathTests
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

    [Theory]
    [MemberData(nameof(Paths))]
    [InlineData("edits.jsonl", false)]
    [InlineData("./edits.jsonl", false)]
    [InlineData("~/edits.jsonl", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_path_is_full_if_neither_drive_nor_location_matters(string? path, bool isFull) => Assert.Equal(isFull, FullPath.Is(path));
}
