using Tokaify.PowerShell;

using Xunit;

namespace Tokaify.Tests.Sharding;

/// <summary>The sources that a command takes, and the count of the others.</summary>
public sealed class OwnSourcesTests
{
    // Prompts need no current location.
    private static readonly string[] s_prompts = [.. Enumerable.Range(0, 100).Select(number => $"Fox {number}")];

    [Fact]
    public void Each_text_belongs_to_one_share_and_is_counted_by_the_others()
    {
        OwnSources[] shares = [new("1/3", null!), new("2/3", null!), new("3/3", null!)];

        Assert.All(s_prompts, prompt => Assert.Single(shares, share => share.HasText(prompt, outputName: null)));

        Assert.Equal(2 * s_prompts.Length, shares.Sum(share => share.Others));
        Assert.All(shares, share => Assert.InRange(s_prompts.Length - share.Others, 1, s_prompts.Length - 1));
    }

    [Fact]
    public void Without_shares_everything_is_its_own()
    {
        var own = new OwnSources(shard: null, null!);

        Assert.All(s_prompts, prompt => Assert.True(own.HasText(prompt, outputName: null)));
        Assert.Equal((0, false), (own.Others, own.HasPlaced));
    }
}
