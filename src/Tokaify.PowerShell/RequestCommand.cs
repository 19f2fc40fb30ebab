using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>A command that requests images: the settings of a request, from the command line or from each row of a table.</summary>
/// <remarks>A value on the command line applies to all rows. An empty cell of a row counts as not given.</remarks>
public abstract class RequestCommand : ConnectedCommand
{
    private TokaifyContext _context = null!;
    private ImageRequest _shared = null!;
    private HashSet<string> _given = null!;

    /// <summary>The prompt: what to make, or what to change.</summary>
    public abstract string Prompt { get; set; }

    /// <summary>The model. Default: the session's, else the profile's, else the default of the catalogue. A name that is not in the
    /// catalogue is sent as it is.</summary>
    public abstract string? Model { get; set; }

    /// <summary>The aspect ratio of the new image, such as 16:9. Default: the model's choice.</summary>
    public abstract string? AspectRatio { get; set; }

    /// <summary>The size of the new image: 512, 1K, 2K or 4K, if the model takes a size. Default: the model's choice.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ImageSizeCompleter))]
    public string? ImageSize { get; set; }

    /// <summary>How long the model thinks before it draws, if the model has thinking levels. Default: the model's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ThinkingLevelCompleter))]
    public string? ThinkingLevel { get; set; }

    /// <summary>Requests text in addition to the image.</summary>
    [Parameter]
    public SwitchParameter IncludeText { get; set; }

    /// <summary>An instruction in addition to the prompt that applies to the whole request, such as a style or a rule.</summary>
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

    /// <summary>The maximum number of tokens of the response. An image takes more than a thousand.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? MaxOutputTokens { get; set; }

    /// <summary>The same seed gives similar results each time, as far as the model supports it. Each further variation takes the next
    /// number.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? Seed { get; set; }

    /// <summary>The thresholds at which categories of harm block a response, such as @{ Harassment = 'OnlyHigh' }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SafetySettingCompleter))]
    public SafetyTable? SafetySetting { get; set; }

    /// <summary>Tools that the model may use, in the form of the API, such as @{ googleSearch = @{} }.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ToolCompleter))]
    public IDictionary[] Tool { get; set; } = [];

    /// <summary>Further fields of the request, merged into its JSON last. Tables are merged recursively, other values replace fields, $null
    /// removes a field.</summary>
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
            Catalog = _context.OwnModels,
            IncludeText = IncludeText,
            StripMetadata = StripsMetadata,
            SafetySettings = SafetySetting is null ? [] : [.. SafetySetting.Keys.Cast<object>().Select(ReadSafetySetting)],
            Tools = [.. Tool.Select(tool => JsonValues.From(tool, nameof(Tool)))],
            AdditionalProperties = AdditionalProperty is null ? null : JsonValues.From(AdditionalProperty, nameof(AdditionalProperty)),
        });
    }

    /// <summary>Whether images are sent without their metadata.</summary>
    private protected virtual bool StripsMetadata => false;

    /// <summary>The connection of the command. The key of a profile is read from its vault on first use.</summary>
    /// <exception cref="TokaifyException">The key cannot be read.</exception>
    private protected TokaifyConnection Connection => (_context = WithKey(_context)).ToConnection();

    /// <summary>The options of a client for the connection.</summary>
    private protected TokaifyClientOptions Options => OptionsFor(_context);

    /// <summary>The profile of the connection; null if there is none.</summary>
    private protected TokaifyProfile? Settings => _context.Settings;

    /// <summary>The models and their prices.</summary>
    private protected ModelCatalog Models => _shared.Models;

    /// <summary>The advice for an empty prompt.</summary>
    private protected virtual string PromptAdvice => "Say what to change in the picture.";

    /// <summary>The message if no prompt was given.</summary>
    private protected virtual string MissingPrompt => "There is no prompt: neither -Prompt nor a column Prompt is given.";

    /// <summary>The model from the command line; null if none is given.</summary>
    /// <exception cref="TokaifyException">The model does not fit the conversation.</exception>
    private protected virtual string? ChosenModel() => Model;

    /// <summary>Whether a parameter is given on the command line.</summary>
    private protected bool IsGiven(string parameter) => _given.Contains(parameter);

    /// <summary>Whether the current row has its own value for any of these parameters.</summary>
    private protected bool RowBrings(params string[] parameters) =>
        parameters.Any(parameter => !IsGiven(parameter) && MyInvocation.BoundParameters.ContainsKey(parameter));

    /// <summary>The request without its images, from the command line and the current row.</summary>
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

    /// <summary>Whether the aspect ratio is that of each source.</summary>
    private protected bool TakesSourceRatio => Tokaify.AspectRatio.IsSource(TextOf(AspectRatio));

    /// <summary>Throws if there is no prompt.</summary>
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

    /// <summary>Checks the command line before anything is sent.</summary>
    /// <param name="images">The images that every request has.</param>
    /// <param name="imagesToCome">The number of images that are not known yet.</param>
    private protected void CheckCommandLine(IReadOnlyList<SourceImage> images, int imagesToCome) => Require(() =>
    {
        var request = ReadRequest() with { Images = images };
        // Each row may have its own model, and these settings depend on the model.
        var mayChange = MyInvocation.ExpectingInput && !IsGiven(nameof(Model));
        var settled = mayChange ? request with { AspectRatio = null, ImageSize = null, ThinkingLevel = null, Images = [] } : request;
        if (!mayChange && TakesSourceRatio)
        {
            Tokaify.AspectRatio.Of(request.Model, request.Models);
        }

        settled.ValidateSettings(mayChange ? 0 : imagesToCome);
    });

    /// <summary>Returns the text; null if it is empty.</summary>
    private protected static string? TextOf(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // A script block as a value is run for each row: { "Make $($_.BaseName) blue" }. Before the first row, the value is a placeholder of a
    // non-public type of PowerShell.
    private static bool IsForEachRow(object? value) => value is ScriptBlock || value?.GetType().IsVisible == false;

    // An empty cell of a row counts as not given. But an empty value on the command line usually comes from an unset variable, so it is an
    // error.
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
                    "Path" or "LiteralPath" => "Give the path of a picture.",
                    _ => "Give it a value, or leave it out.",
                };
                throw new TokaifyException(TokaifyErrorId.InvalidArgument, $"-{parameter.Key} is empty. {advice}");
            }
        }
    }

    private SafetySetting ReadSafetySetting(object category) =>
        Tokaify.SafetySetting.Of(category.ToString()!, SafetySetting![category]?.ToString() ?? "");
}
