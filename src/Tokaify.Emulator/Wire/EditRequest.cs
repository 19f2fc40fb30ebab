namespace Tokaify.Emulation;

/// <summary>What a request means, once it was found to be good.</summary>
internal sealed record EditRequest
{
    public required ImageModel Model { get; init; }

    /// <summary>The conversation; the last turn is the user's and holds the instruction.</summary>
    public required IReadOnlyList<Turn> Turns { get; init; }

    public string SystemInstruction { get; init; } = "";

    public GenerationSettings Settings { get; init; } = new();

    public string Prompt => Turns[Turns.Count - 1].Text;

    /// <summary>The picture to be edited: the first of the last turn; null where there is none.</summary>
    public InputPicture? Source => Turns[Turns.Count - 1].Pictures.FirstOrDefault();

    // A model that makes no pictures answers in words whatever it is asked.
    public bool WantsPicture => Model.MakesPictures() && Settings.Modalities.Contains("IMAGE");

    public bool WantsText => !Model.MakesPictures() || Settings.Modalities.Contains("TEXT");

    public int PictureCount => Turns.Sum(turn => turn.Pictures.Count());

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
/// <param name="Parts">Text and pictures, in their order.</param>
internal sealed record Turn(string Role, IReadOnlyList<TurnPart> Parts)
{
    public string Text => string.Join("\n", Parts.Where(part => part.Text is not null).Select(part => part.Text));

    public IEnumerable<InputPicture> Pictures => Parts.Where(part => part.Picture is not null).Select(part => part.Picture!);
}

/// <summary>One part of a turn; neither text nor picture for the kinds of part that do not bear on a picture.</summary>
internal sealed record TurnPart(string? Text, InputPicture? Picture);

/// <summary>A picture that came in.</summary>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal.</param>
internal sealed record InputPicture(string Sha256);
