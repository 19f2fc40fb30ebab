using System.Text.Json;

namespace Tokaify.Emulation;

/// <summary>The lists of models, in Google's format and in OpenAI's.</summary>
internal static class ModelResponses
{
    public static RelayResponse List() => RelayResponse.Json(200, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("models");
        foreach (var model in EmulatedModels.All)
        {
            WriteModel(json, model);
        }

        json.WriteEndArray();
        json.WriteNull("nextPageToken");
        json.WriteEndObject();
    });

    public static RelayResponse Single(ImageModel model) => RelayResponse.Json(200, json => WriteModel(json, model));

    public static RelayResponse OpenAIList() => RelayResponse.Json(200, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in EmulatedModels.All)
        {
            json.WriteStartObject();
            json.WriteString("id", model.Name);
            json.WriteString("object", "model");
            json.WriteString("owned_by", "google");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteModel(Utf8JsonWriter json, ImageModel model)
    {
        json.WriteStartObject();
        json.WriteString("name", "models/" + model.Name);
        json.WriteString("displayName", model.DisplayName);
        json.WriteString("description", model.Description);
        json.WriteStartArray("supportedGenerationMethods");
        json.WriteStringValue("generateContent");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
