using System.Reflection;
using System.Text.RegularExpressions;

using Xunit;

namespace Tokaify.Tests.Packaging;

/// <summary>The client serves any program of .NET: nothing in it, comments included, names a command of PowerShell or a parameter of one.</summary>
public sealed class ClientVocabularyTests
{
    private static readonly Regex s_powerShellName = new(
        @"(?<![\w-])-[A-Z][a-z]\w*|\b[A-Z]\w*-Tokaify|\b(Get|Set|New|Out|Where|ForEach|Select|Import|Export)-[A-Z]");

    [Fact]
    public void No_source_of_the_client_names_a_command_or_a_parameter()
    {
        var folder = typeof(ClientVocabularyTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "ClientSources").Value!;
        var files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.Empty(
            from file in files
            from line in File.ReadLines(file)
            where s_powerShellName.IsMatch(line)
            select $"{Path.GetFileName(file)}: {line.Trim()}");
    }

    [Theory]
    [InlineData("Allow more with -TimeoutSec.", true)]
    [InlineData("<c>-Tool</c>", true)]
    [InlineData("run Connect-Tokaify", true)]
    [InlineData("(Get-Content <old>)", true)]
    [InlineData("Retry-After", false)]
    [InlineData("limit -Maximum", true)]
    [InlineData("index - Offset", false)]
    [InlineData("x-goog-api-key, X-Request-Id, non-ASCII", false)]
    public void A_name_is_distinguished_from_other_words_with_a_hyphen(string text, bool isName) =>
        Assert.Equal(isName, s_powerShellName.IsMatch(text));
}
