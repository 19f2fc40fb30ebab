using System.Text.Json.Nodes;

namespace Tokaify.Emulation;

/// <summary>Responses with status 200 and without an image, in the forms of upstream's refusals.</summary>
internal static class Imageless
{
    public static RelayResponse Of(EmulatorFault fault, EditRequest edit, Chance chance)
    {
        var tree = ResponseTree.Of(EditResponse.InWords(edit));
        switch (fault)
        {
            case EmulatorFault.PromptBlocked:
                Block(tree);
                break;
            case EmulatorFault.NoCandidates:
                tree.Root["candidates"] = new JsonArray();
                break;
            case EmulatorFault.TextOnly:
                break;
            default:
                Stop(tree, ReasonOf(fault), chance);
                break;
        }

        return tree.ToResponse();
    }

    private static void Block(ResponseTree tree)
    {
        tree.Root.Remove("candidates");
        tree.Root["promptFeedback"] = new JsonObject
        {
            ["blockReason"] = "PROHIBITED_CONTENT",
            ["blockReasonMessage"] = "The prompt was blocked for its content.",
        };
    }

    // Upstream sends each of these with or without a message, and with or without text in its content.
    private static void Stop(ResponseTree tree, string reason, Chance chance)
    {
        tree.Candidate["finishReason"] = reason;
        if (chance.Pick(2) == 0)
        {
            tree.Candidate["finishMessage"] = $"Unable to show the generated image: {reason}.";
        }

        if (chance.Pick(2) == 0)
        {
            tree.Candidate.Remove("content");
        }
    }

    private static string ReasonOf(EmulatorFault fault) => fault switch
    {
        EmulatorFault.Safety => "SAFETY",
        EmulatorFault.ImageSafety => "IMAGE_SAFETY",
        EmulatorFault.ProhibitedContent => "PROHIBITED_CONTENT",
        EmulatorFault.Recitation => "RECITATION",
        EmulatorFault.ImageRecitation => "IMAGE_RECITATION",
        EmulatorFault.NoImage => "NO_IMAGE",
        EmulatorFault.ImageOther => "IMAGE_OTHER",
        EmulatorFault.MaxTokens => "MAX_TOKENS",
        EmulatorFault.Other => "OTHER",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "It is not a finish reason."),
    };
}
