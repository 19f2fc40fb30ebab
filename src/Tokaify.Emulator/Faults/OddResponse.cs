using System.Text;
using System.Text.Json.Nodes;

namespace Tokaify.Emulation;

/// <summary>Responses with an image in an unusual form, or with invalid image data.</summary>
internal static class OddResponse
{
    public static RelayResponse Of(EmulatorFault fault, EditRequest edit)
    {
        var tree = ResponseTree.Of(EditResponse.To(edit));
        switch (fault)
        {
            case EmulatorFault.SnakeCase:
                return RelayResponse.Json(200, json => InSnakeCase(tree.Root)!.WriteTo(json));
            case EmulatorFault.PrettyPrinted:
                return tree.ToIndentedResponse();
            case EmulatorFault.Escaped:
                return WithEscapes(tree.ToResponse());
            default:
                Change(tree, fault, edit);
                return tree.ToResponse();
        }
    }

    private static void Change(ResponseTree tree, EmulatorFault fault, EditRequest edit)
    {
        switch (fault)
        {
            case EmulatorFault.BadBase64:
                tree.Image?["data"] = "iVBORw0KGgo*not*Base64*";
                break;
            case EmulatorFault.NotAPicture:
                tree.Image?["data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("These bytes are not a picture."));
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
                tree.Image?["mimeType"] = ImageFormat.Jpeg.MimeType();
                break;
            case EmulatorFault.Markdown:
                PutIntoText(tree);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "It is not an odd response.");
        }
    }

    private static JsonNode? InSnakeCase(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(
            field => new KeyValuePair<string, JsonNode?>(WireNames.Snake(field.Key), InSnakeCase(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(InSnakeCase)]),
        _ => node?.DeepClone(),
    };

    private static void MoveDataFirst(ResponseTree tree)
    {
        MoveLast(tree.Root, "candidates");
        MoveLast(tree.Candidate, "content");
        if (tree.Image is { } image)
        {
            MoveLast(image, "mimeType");
        }
    }

    private static void MoveLast(JsonObject parent, string name)
    {
        var value = parent[name];
        parent.Remove(name);
        parent[name] = value;
    }

    private static void AddUnknownFields(ResponseTree tree)
    {
        tree.Root["x_relay"] = new JsonObject { ["channel"] = 7, ["data"] = "AAAA", ["parts"] = new JsonArray("text", null, 1.5e300) };
        tree.Candidate["groundingMetadata"] = new JsonObject { ["webSearchQueries"] = new JsonArray() };
        foreach (var part in tree.Parts)
        {
            part!["partMetadata"] = new JsonObject { ["text"] = "not a part's text", ["thought"] = true };
        }

        tree.Image?["displayName"] = "picture.png";
    }

    private static void AddDrafts(ResponseTree tree, EditRequest edit)
    {
        if (edit.WantsImage)
        {
            tree.Parts.Insert(0, AsThought(ResponseTree.ImageOf(ImageMaker.Make(edit, variant: 1))));
        }

        tree.Parts.Insert(0, AsThought(ResponseTree.Text("Let me think about the light first.")));
    }

    private static JsonObject AsThought(JsonObject part)
    {
        part["thought"] = true;
        return part;
    }

    private static void AddAnother(ResponseTree tree, EditRequest edit)
    {
        tree.Parts.Add(ResponseTree.Text("And another one:"));
        if (edit.WantsImage)
        {
            tree.Parts.Add(ResponseTree.ImageOf(ImageMaker.Make(edit, variant: 1)));
        }
    }

    private static void PutIntoText(ResponseTree tree)
    {
        if (tree.Image is { } image)
        {
            var part = tree.ImagePart!;
            part.Remove("inlineData");
            part["text"] = $"Here you are:\n\n![image](data:{image["mimeType"]};base64,{image["data"]})\n";
        }
    }

    // Slashes and equals signs occur only in strings.
    private static RelayResponse WithEscapes(RelayResponse response)
    {
        var json = Encoding.UTF8.GetString(response.Body.Array!, response.Body.Offset, response.Body.Count);
        var escaped = json.Replace("/", "\\/").Replace("=", "\\u003d");
        return response with { Body = new ArraySegment<byte>(Encoding.UTF8.GetBytes(escaped)) };
    }
}
