namespace Tokaify.Emulation;

/// <summary>A valid edit request.</summary>
internal sealed record EditRequest
{
    public required ImageModel Model { get; init; }

    /// <summary>The conversation. The last turn is the user's, and contains the instruction.</summary>
    public required IReadOnlyList<Turn> Turns { get; init; }

    public string SystemInstruction { get; init; } = "";

    public GenerationSettings Settings { get; init; } = new();

    public string Prompt => Turns[Turns.Count - 1].Text;

    /// <summary>The image to edit: the first one of the last turn; null if there is none.</summary>
    public InputImage? Source => Turns[Turns.Count - 1].Pictures.FirstOrDefault();

    // A model that makes no images responds with text to every request.
    public bool WantsImage => Model.MakesImages() && Settings.Modalities.Contains("IMAGE");

    public bool WantsText => !Model.MakesImages() || Settings.Modalities.Contains("TEXT");

    public int ImageCount => Turns.Sum(turn => turn.Pictures.Count());

    /// <summary>Characters of all turns and of the system instruction.</summary>
    public int TextLength => Turns.Sum(turn => turn.Text.Length) + SystemInstruction.Length;

    /// <param name="model">The model in the address.</param>
    /// <param name="body">The request's JSON in UTF-8.</param>
    /// <exception cref="RefusedRequestException">The API would refuse it.</exception>
    public static EditRequest Parse(ImageModel model, ReadOnlyMemory<byte> body)
    {
        using var document = WireJson.Parse(body);
        var json = document.RootElement;
        return new EditRequest
        {
            Model = model,
            Turns = ConversationReader.Read(json, model),
            SystemInstruction = string.Join("\n", json.Field("system_instruction")?.Items("parts").Select(part => part.Text("text")) ?? []),
            Settings = GenerationSettings.Read(json, model),
        };
    }
}

/// <summary>One message of the conversation.</summary>
/// <param name="Role"><c>user</c> or <c>model</c>.</param>
/// <param name="Parts">Text and images, in their order.</param>
internal sealed record Turn(string Role, IReadOnlyList<TurnPart> Parts)
{
    public string Text => string.Join("\n", Parts.Where(part => part.Text is not null).Select(part => part.Text));

    public IEnumerable<InputImage> Pictures => Parts.Where(part => part.Image is not null).Select(part => part.Image!);
}

/// <summary>One part of a turn. Both values are null for other kinds of parts.</summary>
internal sealed record TurnPart(string? Text, InputImage? Image);

/// <summary>An image of a request.</summary>
/// <param name="Sha256">The digest of its bytes, in lower-case hexadecimal.</param>
internal sealed record InputImage(string Sha256);
