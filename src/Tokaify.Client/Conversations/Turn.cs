namespace Tokaify;

/// <summary>A turn of a conversation: the user's request and the model's response.</summary>
public sealed class Turn
{
    internal Turn(Message question, Message response)
    {
        Question = question;
        Response = response;
    }

    /// <summary>The user's prompt, without control characters.</summary>
    public string Prompt => Question.Text;

    /// <summary>The full paths of the images that were sent with the prompt, in order; empty if the turn continued from the last image of
    /// the conversation.</summary>
    public IReadOnlyList<string> Sources => Question.Pictures;

    /// <summary>The texts of the response, one in each line, without control characters; empty if there are none.</summary>
    public string Text => Response.Text;

    /// <summary>The full paths of the images that were saved, in order.</summary>
    public IReadOnlyList<string> Pictures => Response.Pictures;

    /// <summary>The search results that the model used; empty if there are none.</summary>
    public IReadOnlyList<GroundingSource> GroundingSources => Response.Grounding.Sources;

    /// <summary>The HTML that the search service provides for display. It comes from outside. Null if there is none.</summary>
    public string? SearchEntryPoint => Response.Grounding.SearchEntryPoint;

    internal Message Question { get; }

    internal Message Response { get; }

    /// <summary>The prompt, and the text of the response.</summary>
    public override string ToString() => Text.Length == 0 ? Prompt : $"{Prompt}: {Text}";
}
