using System.Text;
using System.Text.Json.Nodes;

namespace Tokaify.Emulation;

/// <summary>Answers with a picture in an unusual form, and those whose picture is none.</summary>
internal static class OddAnswer
{
    public static RelayAnswer Of(EmulatorFault fault, EditRequest edit)
    {
        var tree = AnswerTree.Of(EditAnswer.To(edit));
        switch (fault)
        {
            case EmulatorFault.SnakeCase:
                return RelayAnswer.Json(200, json => InSnakeCase(tree.Root)!.WriteTo(json));
            case EmulatorFault.PrettyPrinted:
                return tree.ToIndentedAnswer();
            case EmulatorFault.Escaped:
                return WithEscapes(tree.ToAnswer());
            default:
                Change(tree, fault, edit);
                return tree.ToAnswer();
        }
    }

    private static void Change(AnswerTree tree, EmulatorFault fault, EditRequest edit)
    {
        switch (fault)
        {
            case EmulatorFault.BadBase64:
                tree.Picture?["data"] = "iVBORw0KGgo*not*Base64*";
                break;
            case EmulatorFault.NotAPicture:
                tree.Picture?["data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("These bytes are no picture."));
                break;
            case EmulatorFault.DataFirst:
                MoveDataFirst(tree);
                break;
            case EmulatorFault.UnknownFields:
                AddUnknownFields(tree);
                break;
            case EmulatorFault.Draft:
                AddDrafts(tree, edit);
                break;
            case EmulatorFault.SeveralImages:
                AddAnother(tree, edit);
                break;
            case EmulatorFault.WrongMimeType:
                tree.Picture?["mimeType"] = ImageFormat.Jpeg.MimeType();
                break;
            case EmulatorFault.Markdown:
                PutIntoText(tree);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "It is no odd answer.");
        }
    }

    private static JsonNode? InSnakeCase(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(
            field => new KeyValuePair<string, JsonNode?>(WireNames.Snake(field.Key), InSnakeCase(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(InSnakeCase)]),
        _ => node?.DeepClone(),
    };

    private static void MoveDataFirst(AnswerTree tree)
    {
        MoveLast(tree.Root, "candidates");
        MoveLast(tree.Candidate, "content");
        if (tree.Picture is { } picture)
        {
            MoveLast(picture, "mimeType");
        }
    }

    private static void MoveLast(JsonObject parent, string name)
    {
        var value = parent[name];
        parent.Remove(name);
        parent[name] = value;
    }

    private static void AddUnknownFields(AnswerTree tree)
    {
        tree.Root["x_relay"] = new JsonObject { ["channel"] = 7, ["data"] = "AAAA", ["parts"] = new JsonArray("text", null, 1.5e300) };
        tree.Candidate["groundingMetadata"] = new JsonObject { ["webSearchQueries"] = new JsonArray() };
        foreach (var part in tree.Parts)
        {
            part!["partMetadata"] = new JsonObject { ["text"] = "not a part's text", ["thought"] = true };
        }

        tree.Picture?["displayName"] = "picture.png";
    }

    private static void AddDrafts(AnswerTree tree, EditRequest edit)
    {
        if (edit.WantsPicture)
        {
            tree.Parts.Insert(0, AsThought(AnswerTree.PictureOf(PictureMaker.Make(edit, variant: 1))));
        }

        tree.Parts.Insert(0, AsThought(AnswerTree.Text("Let me think about the light first.")));
    }

    private static JsonObject AsThought(JsonObject part)
    {
        part["thought"] = true;
        return part;
    }

    private static void AddAnother(AnswerTree tree, EditRequest edit)
    {
        tree.Parts.Add(AnswerTree.Text("And another one:"));
        if (edit.WantsPicture)
        {
            tree.Parts.Add(AnswerTree.PictureOf(PictureMaker.Make(edit, variant: 1)));
        }
    }

    private static void PutIntoText(AnswerTree tree)
    {
        if (tree.Picture is { } picture)
        {
            var part = tree.PicturePart!;
            part.Remove("inlineData");
            part["text"] = $"Here you are:\n\n![image](data:{picture["mimeType"]};base64,{picture["data"]})\n";
        }
    }

    // Slashes and equals signs stand nowhere but in strings.
    private static RelayAnswer WithEscapes(RelayAnswer answer)
    {
        var json = Encoding.UTF8.GetString(answer.Body.Array!, answer.Body.Offset, answer.Body.Count);
        var escaped = json.Replace("/", "\\/").Replace("=", "\\u003d");
        return answer with { Body = new ArraySegment<byte>(Encoding.UTF8.GetBytes(escaped)) };
    }
}
