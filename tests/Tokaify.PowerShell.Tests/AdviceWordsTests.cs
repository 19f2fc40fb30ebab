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

    public static TheoryData<ErrorAdvice> Kinds => [.. Enum.GetValues<ErrorAdvice>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_kind_has_a_sentence(ErrorAdvice advice) =>
        Assert.Matches(@"\A['A-Z].*\.\z", AdviceWords.Of(advice));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_command_and_each_parameter_that_is_named_exists(ErrorAdvice advice)
    {
        var words = AdviceWords.Of(advice);
        var commands = s_commands.Select(type => CmdletOf(type)!).ToHashSet(StringComparer.Ordinal);
        var parameters = s_commands.SelectMany(type => type.GetProperties()).Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        // Of PowerShell's own commands.
        parameters.UnionWith(["File", "Encoding"]);

        Assert.All(Regex.Matches(words, @"\w+-Tokaify\w*"), name => Assert.Contains(name.Value, commands));
        Assert.All(Regex.Matches(words, @"(?<![\w-])-(\w+)"), name => Assert.Contains(name.Groups[1].Value, parameters));
    }

    [Fact]
    public void The_advice_of_an_error_is_added_once()
    {
        var error = new TokaifyException(TokaifyErrorId.Timeout, "It took too long.") { Advice = ErrorAdvice.RaiseTimeout };

        Assert.Equal("It took too long. Allow more time with -TimeoutSec.", error.Worded().Worded().Message);
    }

    [Fact]
    public void An_error_without_advice_is_not_changed() =>
        Assert.Equal("No.", new TokaifyException(TokaifyErrorId.InvalidRequest, "No.").Worded().Message);

    private static string? CmdletOf(Type type) => type.GetCustomAttributesData()
        .Where(attribute => attribute.AttributeType.Name == "CmdletAttribute")
        .Select(attribute => $"{attribute.ConstructorArguments[0].Value}-{attribute.ConstructorArguments[1].Value}")
        .FirstOrDefault();
}
