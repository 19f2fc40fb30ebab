using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes the names of the user's profiles.</summary>
public sealed class ProfileCompleter : IArgumentCompleter
{
    private const string UsualName = "studio";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var profiles = Find();
        return profiles.Count > 0
            ? Completions.Of(wordToComplete, profiles.Select(profile => (Completions.Quoted(profile.Name), $"{profile.Name}: {profile.EffectiveBaseUri}")))
            : Completions.Of(wordToComplete, [(UsualName, "the name of a profile, in your own words")]);
    }

    private static IReadOnlyList<TokaifyProfile> Find()
    {
        try
        {
            return ProfileStore.Default.Read();
        }
        catch (TokaifyException)
        {
            return [];
        }
    }
}
