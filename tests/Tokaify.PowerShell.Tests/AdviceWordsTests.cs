using System.Text.RegularExpressions;

using Tokaify.PowerShell;

using Xunit;

namespace Tokaify.Tests;

/// <summary>The words for the advice of errors. The types of the commands are only inspected here: their attributes do nothing without
/// PowerShell.</summary>
public sealed class AdviceWordsTests
{
    private static readonly Type[] s_commands =
        [.. typeof(AdviceWords).Assembly.GetTypes().Where(type => CmdletOf(type) is not null)];

    private static readonly TokaifyContext s_profile =
        TokaifyContext.Of(new TokaifyProfile { Name = "studio", SecretName = "tokaify" }) with { HasKeyOfProfile = true };

    private static readonly string[] s_ofProfile = ["MaximumCost", "ThrottleLimit", "TimeoutSec", "MaximumWaitSec"];

    public static TheoryData<ErrorAdvice, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<ErrorAdvice, bool>();
            foreach (var advice in Enum.GetValues<ErrorAdvice>())
            {
                kinds.Add(advice, false);
                kinds.Add(advice, true);
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_has_a_sentence(ErrorAdvice advice, bool hasProfile) =>
        Assert.Matches(@"\A['A-Z].*\.\z", Words(hasProfile).Of(advice));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_command_and_each_parameter_that_is_named_exists(ErrorAdvice advice, bool hasProfile)
    {
        var words = Words(hasProfile).Of(advice);
        var commands = s_commands.Select(type => CmdletOf(type)!).ToHashSet(StringComparer.Ordinal);
        var parameters = s_commands.SelectMany(type => type.GetProperties()).Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        // Of PowerShell's own commands.
        parameters.UnionWith(["File", "Encoding"]);

        Assert.All(Regex.Matches(words, @"\w+-Tokaify\w*"), name => Assert.Contains(name.Value, commands));
        Assert.All(Regex.Matches(words, @"(?<![\w-])-(\w+)"), name => Assert.Contains(name.Groups[1].Value, parameters));
    }

    [Theory]
    [InlineData(ErrorAdvice.GiveKey, "Name the secret: Set-TokaifyProfile studio -SecretName. Or give -ApiKey.")]
    [InlineData(ErrorAdvice.CheckKey, "Check the secret 'tokaify' of the profile 'studio'; Connect-Tokaify -Profile studio reads it again.")]
    [InlineData(ErrorAdvice.CheckModel, "Get-TokaifyModel lists the models; check -Model and the address of the profile 'studio'.")]
    [InlineData(ErrorAdvice.SendFewer, "Lower -ThrottleLimit, which the profile 'studio' sets, or try again later.")]
    [InlineData(ErrorAdvice.RaiseTimeout, "Allow more time with -TimeoutSec, which the profile 'studio' sets.")]
    [InlineData(ErrorAdvice.LeaveBudgetOut, "Or remove the maximum cost from the profile 'studio': Set-TokaifyProfile studio -MaximumCost $null.")]
    public void With_a_profile_the_advice_names_the_profile(ErrorAdvice advice, string expected) =>
        Assert.Equal(expected, Words(hasProfile: true).Of(advice));

    [Fact]
    public void The_advice_for_a_refused_key_names_where_the_key_comes_from() =>
        Assert.Equal("Check TOKAIFY_API_KEY.", new AdviceWords(new TokaifyContext { KeyOrigin = "TOKAIFY_API_KEY" }).Of(ErrorAdvice.CheckKey));

    [Fact]
    public void The_advice_of_an_error_is_added_once()
    {
        var error = new TokaifyException(TokaifyErrorId.Timeout, "It took too long.") { Advice = ErrorAdvice.RaiseTimeout };

        Assert.Equal("It took too long. Allow more time with -TimeoutSec.", error.Worded(new AdviceWords().Of).Worded(Words(hasProfile: true).Of).Message);
    }

    [Fact]
    public void An_error_without_advice_is_not_changed() =>
        Assert.Equal("No.", new TokaifyException(TokaifyErrorId.InvalidRequest, "No.").Worded(new AdviceWords().Of).Message);

    private static AdviceWords Words(bool hasProfile) => hasProfile ? new(s_profile, s_ofProfile) : new();

    private static string? CmdletOf(Type type) => type.GetCustomAttributesData()
        .Where(attribute => attribute.AttributeType.Name == "CmdletAttribute")
        .Select(attribute => $"{attribute.ConstructorArguments[0].Value}-{attribute.ConstructorArguments[1].Value}")
        .FirstOrDefault();
}
