namespace Tokaify;

/// <summary>A turn of a conversation: what the user asked for, and what the model answered.</summary>
public sealed class Turn
{
    internal Turn(Message question, Message response)
    {
        Question = question;
        Response = response;
    }

    /// <summary>What the user asked for, as it can be shown.</summary>
    public string Prompt => Question.Text;

    /// <summary>The full paths of the images that were sent with the prompt, in order; none if the turn went on from the image
    /// that the conversation had come to.</summary>
    public IReadOnlyList<string> Sources => Question.Pictures;

    /// <summary>The texts of the response as they can be shown, a line each; empty for none.</summary>
    public string Text => Response.Text;

    /// <summary>The full paths of the images that were saved, in order.</summary>
    public IReadOnlyList<string> Pictures => Response.Pictures;

    /// <summary>What the search found that the model rested on; empty for nothing.</summary>
    public IReadOnlyList<GroundingSource> GroundingSources => Response.Grounding.Sources;

    /// <summary>The search's own HTML, from outside; null for none.</summary>
    public string? SearchEntryPoint => Response.Grounding.SearchEntryPoint;

    internal Message Question { get; }

    internal Message Response { get; }

    /// <summary>The prompt, and the text of the response.</summary>
    public override string ToString() => Text.Length == 0 ? Prompt : $"{Prompt}: {Text}";
}
