using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests;

public sealed class ShareTests
{
    private static readonly char s_separator = Path.DirectorySeparatorChar;
    private static readonly string s_location = Path.Combine(Path.GetTempPath(), "photos");

    public static TheoryData<string, int, int> Shares => new()
    {
        { "3/8", 3, 8 },
        { "1/1", 1, 1 },
        { "03/08", 3, 8 },
        { "999999999/999999999", 999999999, 999999999 },
    };

    public static TheoryData<string, string> Flaws => new()
    {
        { "", "is not a share" },
        { "0/8", "numbered from 1 to 8" },
        { "9/8", "numbered from 1 to 8" },
        { "3/0", "has 0 shares" },
        { "Auto/0", "has 0 shares" },
        { "3", "lacks the number of shares" },
        { "0.375", "is not a share" },
        { "3 / 8", "is not a share" },
        { " 3/8", "is not a share" },
        { "3/8\n", "is not a share" },
        { "-1/8", "is not a share" },
        { "3/8/2", "is not a share" },
        { "1/99999999999", "is not a share" },
        { "Auto8", "is not a share" },
        { "\u0663/8", "is not a share" },
    };

    [Theory]
    [MemberData(nameof(Shares))]
    public void AShareIsWrittenAsItsNumberAndTheCount(string text, int number, int count) =>
        Assert.Equal(new Share(number, count), Share.Parse(text, _ => null));

    [Theory]
    [MemberData(nameof(Flaws))]
    public void WhatIsNotAShareIsRefusedWithItsFlawAndTheForm(string text, string flaw)
    {
        var exception = Assert.Throws<TokaifyException>(() => Share.Parse(text, _ => "1"));

        Assert.Equal(TokaifyErrorId.InvalidArgument, exception.ErrorId);
        Assert.Contains(flaw, exception.Message, StringComparison.Ordinal);
        Assert.Contains("3/8", exception.Message, StringComparison.Ordinal);
    }

    // Pinned: machines with different versions of the module, of .NET and of the system share one folder.
    [Theory]
    [InlineData("cat", 8, 4)]
    [InlineData("2026/summer/img_0001", 8, 7)]
    [InlineData("caf\u00e9/\u732b", 1000, 576)]
    public void ASourceIsInTheSameShareForever(string identity, int count, int number) =>
        Assert.Equal(number, Share.NumberOf(identity, count));

    [Fact]
    public void TenThousandSourcesAreSpreadEvenlyOverSixteenShares()
    {
        foreach (var identities in NamesOfCameras())
        {
            var shares = identities.GroupBy(identity => Share.NumberOf(identity, 16)).Select(share => share.Count()).ToList();

            Assert.Equal(16, shares.Count);
            Assert.All(shares, size => Assert.InRange(size, 625 * 0.85, 625 * 1.15));
        }
    }

    [Fact]
    public void AddedAndRemovedFilesMoveNoOtherFile()
    {
        var before = NamesOfCameras().First().ToDictionary(identity => identity, identity => Share.NumberOf(identity, 12));
        var after = before.Keys.Where((_, index) => index % 3 != 0).Concat(["new/a", "new/b"]).Reverse();

        Assert.All(after.Where(before.ContainsKey), identity => Assert.Equal(before[identity], Share.NumberOf(identity, 12)));
    }

    [Fact]
    public void EachSourceBelongsToExactlyOneShare()
    {
        var shares = Enumerable.Range(1, 7).Select(number => new Share(number, 7)).ToList();

        Assert.All(NamesOfCameras().Last().Take(500), identity => Assert.Single(shares, share => share.Has(identity)));
    }

    [Theory]
    [InlineData("cat.png", "cat")]
    [InlineData("CAT.JPG", "cat")]
    [InlineData("cat", "cat")]
    [InlineData("Summer/cat.tar.gz", "summer/cat.tar")]
    [InlineData("a/../cat.png", "cat")]
    [InlineData("./cat.png", "cat")]
    [InlineData(".png", "")]
    [InlineData("E\u0301te\u0301/e\u0301.png", "\u00c9t\u00e9/\u00e9")]
    [InlineData("\u00c9.png", "\u00c9")]
    public void ASourceIsIdentifiedByItsPathInOneFormForAllSystems(string path, string identity) =>
        Assert.Equal(identity, SourceIdentity.Of(Path.Combine(s_location, path.Replace('/', s_separator)), s_location));

    // On Windows, a name may hold one. An attribute cannot.
    [Fact]
    public void HalfASurrogatePairCountsAsTheReplacementCharacter() =>
        Assert.Equal("half\ufffd", SourceIdentity.Of(Path.Combine(s_location, "half\ud800.png"), s_location));

    [Fact]
    public void WhereTheFilesAreMountedMakesNoDifference()
    {
        var elsewhere = Path.Combine(Path.GetTempPath(), "mnt", "nfs", "photos") + s_separator;

        Assert.Equal(
            SourceIdentity.Of(Path.Combine(s_location, "a", "b.png"), s_location),
            SourceIdentity.Of(Path.Combine(elsewhere, "a", "b.jpg"), elsewhere));
    }

    [Theory]
    [InlineData("../cat.png")]
    [InlineData("../photos2/cat.png")]
    [InlineData("a/../../cat.png")]
    public void ASourceThatIsNotBelowTheLocationIsRefused(string path)
    {
        var exception = Assert.Throws<TokaifyException>(() => SourceIdentity.Of(Path.Combine(s_location, path.Replace('/', s_separator)), s_location));

        Assert.Equal(TokaifyErrorId.InvalidArgument, exception.ErrorId);
        Assert.Contains("contains all sources", exception.Message, StringComparison.Ordinal);
    }

#if NET
    [LinkFact]
    public void ALocationBehindALinkIsTheSameLocation()
    {
        using var folder = new TemporaryFolder();
        var real = Directory.CreateDirectory(Path.Combine(folder.Path, "real")).FullName;
        Directory.CreateDirectory(Path.Combine(real, "a"));
        var link = Directory.CreateSymbolicLink(Path.Combine(folder.Path, "link"), real).FullName;

        Assert.Equal("a/cat", SourceIdentity.Of(Path.Combine(real, "a", "cat.png"), link));
        Assert.Equal("a/cat", SourceIdentity.Of(Path.Combine(link, "a", "cat.png"), real));
    }
#endif

    [Fact]
    public void AnImageFromTextIsIdentifiedByPromptAndName()
    {
        Assert.Equal(SourceIdentity.OfText("A Cat", "x"), SourceIdentity.OfText("a cat", "X"));
        Assert.NotEqual(SourceIdentity.OfText("a cat", "x"), SourceIdentity.OfText("a cat", null));
    }

    // Names of cameras, phones and shops.
    private static IEnumerable<IReadOnlyList<string>> NamesOfCameras() =>
    [
        [.. Enumerable.Range(1, 10_000).Select(number => $"img_{number:0000}")],
        [.. Enumerable.Range(0, 10_000).Select(number => $"dcim/{100 + (number / 999)}canon/img_{number % 999:0000}")],
        [.. Enumerable.Range(0, 10_000).Select(number => $"2026/{1 + (number % 12):00}/pxl_2026{1 + (number % 12):00}{1 + (number % 28):00}_{number * 7919 % 86400:000000}")],
        [.. Enumerable.Range(0, 10_000).Select(number => $"sku-{number * 37}-front")],
    ];
}
