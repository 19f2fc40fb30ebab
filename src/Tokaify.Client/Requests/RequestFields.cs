using System.Text.Json.Nodes;

namespace Tokaify;

/// <summary>The fields of a request other than <c>contents</c>, in the order of the relay's documentation.</summary>
internal static class RequestFields
{
    public static JsonObject Of(ImageRequest request)
    {
        var fields = new JsonObject();
        if (request.SystemInstruction is { } instruction)
        {
            fields["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = instruction }) };
        }

        fields["generationConfig"] = GenerationConfig(request);
        if (request.SafetySettings.Count > 0)
        {
            fields["safetySettings"] = new JsonArray([.. request.SafetySettings.Select(SafetySetting)]);
        }

        if (request.Tools.Count > 0)
        {
            fields["tools"] = new JsonArray([.. request.Tools.Select(JsonMerge.ToNode)]);
        }

        if (request.AdditionalProperties is { } properties)
        {
            JsonMerge.Apply(fields, properties);
        }

        return fields;
    }

    private static JsonObject GenerationConfig(ImageRequest request)
    {
        var config = new JsonObject
        {
            ["responseModalities"] = request.IncludeText ? new JsonArray("TEXT", "IMAGE") : new JsonArray("IMAGE"),
        };
        var image = new JsonObject();
        AddIfGiven(image, "aspectRatio", request.AspectRatio);
        AddIfGiven(image, "imageSize", request.ImageSize);
        AddIfGiven(config, "imageConfig", image.Count > 0 ? image : null);
        AddIfGiven(config, "temperature", request.Temperature);
        AddIfGiven(config, "topP", request.TopP);
        AddIfGiven(config, "topK", request.TopK);
        AddIfGiven(config, "maxOutputTokens", request.MaxOutputTokens);
        AddIfGiven(config, "seed", request.Seed);
        AddIfGiven(config, "thinkingConfig", request.ThinkingLevel is { } level ? new JsonObject { ["thinkingLevel"] = level } : null);
        return config;
    }

    private static JsonNode SafetySetting(SafetySetting setting) =>
        new JsonObject { ["category"] = setting.Category, ["threshold"] = setting.Threshold };

    private static void AddIfGiven(JsonObject target, string name, JsonNode? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }
}
