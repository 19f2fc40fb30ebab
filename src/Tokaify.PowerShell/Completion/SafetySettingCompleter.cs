using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes safety settings, as tables of one category and its threshold.</summary>
/// <remarks>PowerShell does not call completers inside the braces of a table. So the completer offers whole tables, if nothing or the
/// beginning of a category was typed. Inside the braces, PowerShell itself offers the categories: the properties of
/// <see cref="SafetyTable"/>.</remarks>
public sealed class SafetySettingCompleter : IArgumentCompleter
{
    // A summary of Google's references for HarmCategory and HarmBlockThreshold. SafetySetting names the references.
    private static readonly Dictionary<string, string> s_meanings = new()
    {
        ["HARM_CATEGORY_HARASSMENT"] = "harassment",
        ["HARM_CATEGORY_HATE_SPEECH"] = "hate speech and hateful content",
        ["HARM_CATEGORY_SEXUALLY_EXPLICIT"] = "sexually explicit content",
        ["HARM_CATEGORY_DANGEROUS_CONTENT"] = "dangerous content",
        ["HARM_CATEGORY_CIVIC_INTEGRITY"] = "harm to civic integrity (deprecated)",
        ["HARM_CATEGORY_IMAGE_HATE"] = "hateful pictures (Vertex AI only)",
        ["HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT"] = "pictures of dangerous content (Vertex AI only)",
        ["HARM_CATEGORY_IMAGE_HARASSMENT"] = "pictures that harass (Vertex AI only)",
        ["HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT"] = "sexually explicit pictures (Vertex AI only)",
        ["HARM_CATEGORY_JAILBREAK"] = "prompts that try to bypass the filters (Vertex AI only)",
        ["BLOCK_LOW_AND_ABOVE"] = "blocked unless harm is very unlikely (the strictest)",
        ["BLOCK_MEDIUM_AND_ABOVE"] = "blocked if harm is possible or likely",
        ["BLOCK_ONLY_HIGH"] = "blocked only if harm is likely",
        ["BLOCK_NONE"] = "never blocked",
        ["OFF"] = "not checked: the filter is off",
    };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completions.OrTyped(
            wordToComplete,
            from category in SafetySetting.Categories
            where category.IndexOf(Completions.Unquoted(wordToComplete).TrimStart('@'), StringComparison.OrdinalIgnoreCase) >= 0
            from threshold in SafetySetting.Thresholds
            select new CompletionResult(
                $"@{{ {category} = '{threshold}' }}",
                $"{category} = {threshold}",
                CompletionResultType.ParameterValue,
                Describe(category, threshold)));

    private static string Describe(string category, string threshold) => $"{Meaning(category)}: {Meaning(threshold)}";

    private static string Meaning(string name) => s_meanings.TryGetValue(name, out var meaning) ? meaning : name;
}
