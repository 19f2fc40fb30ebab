using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>A command that asks for images: what a request may say, from the command line or from each row of a table.</summary>
/// <remarks>A value on the command line holds for all rows; an empty cell of a row counts as not given.</remarks>
public abstract class RequestCommand : ConnectedCommand
{
    private TokaifyContext _context = null!;
    private ImageRequest _shared = null!;
    private HashSet<string> _given = null!;

    /// <summary>What to make, or what to change.</summary>
    public abstract string Prompt { get; set; }

    /// <summary>The model. Default: the session's, else gemini-2.5-flash-image. A name the catalogue lacks is passed through.</summary>
    public abstract string? Model { get; set; }

    /// <summary>The aspect ratio of the new image, such as 16:9. Default: the model's choice.</summary>
    public abstract string? AspectRatio { get; set; }

    /// <summary>The size of the new image: 512, 1K, 2K or 4K, where the model takes one. Default: the model's choice.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ImageSizeCompleter))]
    public string? ImageSize { get; set; }

    /// <summary>How long the model thinks before it draws, where the model has a choice. Default: the model's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ThinkingLevelCompleter))]
    public string? ThinkingLevel { get; set; }

    /// <summary>Asks for text beside the image.</summary>
    [Parameter]
    public SwitchParameter IncludeText { get; set; }

    /// <summary>An instruction beside the prompt that holds for the whole request: a style, a rule.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public string? SystemInstruction { get; set; }

    /// <summary>How freely the model chooses, from 0 to 2. Default: the model's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(double))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public double? Temperature { get; set; }

    /// <summary>The share of likely continuations that the model chooses from, from 0 to 1. Default: the model's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(double))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public double? TopP { get; set; }

    /// <summary>The number of likely continuations that the model chooses from. Default: the model's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? TopK { get; set; }

    /// <summary>The greatest number of tokens of the response. An image takes more than a thousand.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? MaxOutputTokens { get; set; }

    /// <summary>A number that makes the model choose alike each time, as far as it does. Of several variations, each takes the next.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? Seed { get; set; }

    /// <summary>How much of which harm blocks a response: category = threshold, such as @{ Harassment = 'OnlyHigh' }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SafetySettingCompleter))]
    public SafetyTable? SafetySetting { get; set; }

    /// <summary>Tools that the model may use, as the API takes them, such as @{ googleSearch = @{} }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ToolCompleter))]
    public IDictionary[] Tool { get; set; } = [];

    /// <summary>More of the request, merged into its JSON last: tables deep, anything else whole, $null removes.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public IDictionary? AdditionalProperty { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _given = [.. MyInvocation.BoundParameters.Where(parameter => !IsForEachRow(parameter.Value)).Select(parameter => parameter.Key)];
        _context = TakeContext(Require(() =>
        {
            RefuseEmptyValues();
            return ChosenModel();
        }));
        _shared = Require(() => new ImageRequest
        {
            Prompt = "",
            IncludeText = IncludeText,
            StripMetadata = StripsMetadata,
            SafetySettings = SafetySetting is null ? [] : [.. SafetySetting.Keys.Cast<object>().Select(ReadSafetySetting)],
            Tools = [.. Tool.Select(tool => JsonValues.From(tool, nameof(Tool)))],
            AdditionalProperties = AdditionalProperty is null ? null : JsonValues.From(AdditionalProperty, nameof(AdditionalProperty)),
        });
    }

    /// <summary>Whether metadata of its images is left out of what is sent.</summary>
    private protected virtual bool StripsMetadata => false;

    /// <summary>What the command is connected to.</summary>
    private protected TokaifyConnection Connection => _context.ToConnection();

    /// <summary>What to do about a prompt that is empty.</summary>
    private protected virtual string PromptAdvice => "Say what to change in the picture.";

    /// <summary>The message if no prompt was given.</summary>
    private protected virtual string MissingPrompt => "There is no prompt, neither as -Prompt nor in a column Prompt.";

    /// <summary>The model that the command line chooses; null for none.</summary>
    /// <exception cref="TokaifyException">It cannot be.</exception>
    private protected virtual string? ChosenModel() => Model;

    /// <summary>Whether a parameter stands on the command line.</summary>
    private protected bool IsGiven(string parameter) => _given.Contains(parameter);

    /// <summary>Whether the row that is being processed brings a value of its own for any of these.</summary>
    private protected bool RowBrings(params string[] parameters) =>
        parameters.Any(parameter => !IsGiven(parameter) && MyInvocation.BoundParameters.ContainsKey(parameter));

    /// <summary>The request, but for its images: of the command line and of the row that is being processed.</summary>
    private protected ImageRequest ReadRequest() => _shared with
    {
        Prompt = UnusableInput.Named(Prompt) ?? "",
        Model = TextOf(Model) ?? _context.Model!,
        AspectRatio = TakesSourceRatio ? null : TextOf(AspectRatio),
        ImageSize = TextOf(ImageSize)?.ToUpperInvariant(),
        ThinkingLevel = TextOf(ThinkingLevel)?.ToLowerInvariant(),
        SystemInstruction = TextOf(SystemInstruction),
        Temperature = Temperature,
        TopP = TopP,
        TopK = TopK,
        MaxOutputTokens = MaxOutputTokens,
        Seed = Seed,
    };

    /// <summary>Whether each source's own ratio is asked for.</summary>
    private protected bool TakesSourceRatio => Tokaify.AspectRatio.IsSource(TextOf(AspectRatio));

    /// <summary>Looks whether there is a prompt.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/>.</exception>
    private protected void CheckPrompt()
    {
        UnusableInput.Check(Prompt);
        if (TextOf(Prompt) is null)
        {
            var flaw = IsGiven(nameof(Prompt)) || RowBrings(nameof(Prompt)) ? "The prompt is empty." : MissingPrompt;
            throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"{flaw} {PromptAdvice}");
        }
    }

    /// <summary>Looks at what the command line says, before anything is sent.</summary>
    /// <param name="images">The images that every request has.</param>
    /// <param name="imagesToCome">The number of those that are not known yet.</param>
    private protected void CheckCommandLine(IReadOnlyList<SourceImage> images, int imagesToCome) => Require(() =>
    {
        var request = ReadRequest() with { Images = images };
        // Rows may yet name a model each, on which the rest depends.
        var mayChange = MyInvocation.ExpectingInput && !IsGiven(nameof(Model));
        var settled = mayChange ? request with { AspectRatio = null, ImageSize = null, ThinkingLevel = null, Images = [] } : request;
        if (!mayChange && TakesSourceRatio)
        {
            Tokaify.AspectRatio.Of(request.Model);
        }

        settled.ValidateSettings(mayChange ? 0 : imagesToCome);
    });

    /// <summary>A text; null for an empty one.</summary>
    private protected static string? TextOf(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // A script block in a value's place is run for each row: { "Make $($_.BaseName) blue" }. Until then, something of
    // PowerShell's own stands for it.
    private static bool IsForEachRow(object? value) => value is ScriptBlock || value?.GetType().IsVisible == false;

    // An empty cell of a row counts as not given. On the command line, an empty value is a variable that the user believed was set.
    private void RefuseEmptyValues()
    {
        foreach (var parameter in MyInvocation.BoundParameters)
        {
            var isEmpty = parameter.Value is null
                || (parameter.Value is string text && TextOf(text) is null)
                || (parameter.Value is string[] texts && (texts.Length == 0 || texts.Any(each => TextOf(each) is null)));
            if (isEmpty && !CommonParameters.Contains(parameter.Key))
            {
                var advice = parameter.Key switch
                {
                    nameof(Prompt) => PromptAdvice,
                    "Path" or "LiteralPath" => "Name a picture.",
                    _ => "Give it a value, or leave it out.",
                };
                throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"-{parameter.Key} is empty. {advice}");
            }
        }
    }

    private SafetySetting ReadSafetySetting(object category) =>
        Tokaify.SafetySetting.Of(category.ToString()!, SafetySetting![category]?.ToString() ?? "");
}
