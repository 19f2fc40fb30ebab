using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Creates images from text alone, and saves them.</summary>
[Cmdlet(VerbsCommon.New, "TokaifyImage", SupportsShouldProcess = true)]
[OutputType(typeof(ImageEditResult))]
public sealed class NewTokaifyImageCommand : ImageCommand
{
    /// <summary>The description of the image. Each input text gives one image.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [PromptText]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public override string Prompt { get; set; } = "";

    /// <summary>The model. Default: the session's, else the profile's, else the default of the catalogue. A name that is not in the
    /// catalogue is sent as it is.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public override string? Model { get; set; }

    /// <summary>The aspect ratio of the image, such as 16:9. Default: the model's choice.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(AspectRatioCompleter))]
    public override string? AspectRatio { get; set; }

    private protected override string DefaultOutputName => "{name}";

    private protected override bool HasSources => false;

    private protected override string Activity => "Making";

    private protected override string PromptAdvice => "Describe the picture.";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        CheckCommandLine([], imagesToCome: 0);
    }

    private protected override void TakeInput()
    {
        if (InputEntry is { } entry)
        {
            Try(entry.SourcePath ?? entry.Prompt, () => SendAgain(entry));
            return;
        }

        if (!Place(() => Own.HasText(Prompt, TextOf(OutputName))) || ReadOrder(() => [], imagesToCome: 0, Prompt) is not { } order)
        {
            return;
        }

        if (!MyInvocation.ExpectingInput)
        {
            Expect(Count);
        }

        Try(Prompt, () =>
        {
            var folder = order.Destination ?? SessionState.Path.CurrentFileSystemLocation.ProviderPath;
            Submit(order with { Name = NameOf(Prompt), Destination = folder }, Prompt);
        });
    }

    private void SendAgain(JournalEntry entry)
    {
        RefuseSettings();
        if (entry.SourcePath is not null)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, "The journal entry is about an edit: pipe it to Invoke-TokaifyImageEdit to send it again.");
        }

        if (Place(() => Own.HasText(entry.Prompt ?? "", entry.NameTemplate)))
        {
            Submit(Check(EntryOrder.Of(entry, GivenOutputName(), GivenDestination())) with { Name = NameOf(entry.Prompt!) }, entry.Prompt!);
        }
    }

    // The journal contains the paths of the images. If it omits prompts, the name of an image must not contain the prompt.
    private string NameOf(string prompt) => OmitsPrompt ? PromptName.DigestOf(prompt) : PromptName.From(prompt);

    private void Try(string? origin, Action action)
    {
        try
        {
            action();
        }
        catch (TokaifyException exception)
        {
            Refuse(exception, origin);
        }
    }
}
