using System.Globalization;
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>A short name for an image, made from its prompt: <c>a-red-fox-in-snow</c>.</summary>
internal static class PromptName
{
    // Names of this length fit into a line of a folder's listing.
    private const int MaximumLength = 48;
    private const string Nameless = "picture";
    private const int DigestLength = 16;

    /// <summary>Returns the first words of a prompt, in their own script, joined by hyphens.</summary>
    public static string From(string prompt)
    {
        var name = new StringBuilder();
        foreach (var word in WordsOf(prompt))
        {
            if (name.Length + word.Length >= MaximumLength)
            {
                // In scripts without spaces, a sentence is one word: only its beginning is used.
                name.Append(name.Length == 0 ? Beginning(word) : "");
                break;
            }

            name.Append(name.Length == 0 ? "" : "-").Append(word);
        }

        return name.Length == 0 ? Nameless : name.ToString();
    }

    /// <summary>Returns a name that does not reveal the prompt. Equal prompts get the same name.</summary>
    public static string DigestOf(string prompt) => Sha256.OfText(prompt).Substring(0, DigestLength);

    private static IEnumerable<string> WordsOf(string prompt)
    {
        var word = new StringBuilder();
        var elements = StringInfo.GetTextElementEnumerator(Normalized(prompt).ToLowerInvariant());
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (char.IsLetterOrDigit(element, 0))
            {
                word.Append(element);
            }
            // An apostrophe does not end a word: "don't" is one word.
            else if (element is not ("'" or "\u2019") && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    // A text with half a surrogate pair cannot be normalized.
    private static string Normalized(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return new string([.. text.Where(character => !char.IsSurrogate(character))]);
        }
    }

    private static string Beginning(string word)
    {
        var beginning = new StringBuilder();
        var elements = StringInfo.GetTextElementEnumerator(word);
        while (elements.MoveNext() && beginning.Length + elements.GetTextElement().Length <= MaximumLength)
        {
            beginning.Append(elements.GetTextElement());
        }

        return beginning.ToString();
    }
}
