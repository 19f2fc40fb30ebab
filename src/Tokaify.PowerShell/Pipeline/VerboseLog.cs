using System.Globalization;
using System.Text;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>Writes the verbose messages of each edit: a line for each event, with fields that can be searched.</summary>
/// <remarks>
/// <para>Each line begins with its event and the image in single quotes: its full path, or for an image from text alone
/// the beginning of the prompt. A quote inside is doubled, a line break is a space. Then follow <c>key=value</c>, always
/// these and in this order; texts are quoted alike, numbers have a point, and what is not known is left empty.</para>
/// <code>
/// Planned '…' requests= model= to='…'
/// Sending '…' index= model= bytes= to='…'
/// Retrying '…' index= attempt= wait= error= status= message='…'
/// Saved '…' index= attempts= seconds= tokens= cost= currency= bytes= to='…'
/// Skipped '…' index= reason= to='…'
/// Failed '…' index= error= status= attempts= cost= currency= message='…'
/// Holding '…' error= status= next= left= message='…'
/// Resumed '…' seconds=
/// </code>
/// <para><c>index</c> is the number among the variations of a source, <c>attempt</c> the one that follows, <c>wait</c> and
/// <c>seconds</c> are seconds, <c>bytes</c> those of the images sent or saved, <c>reason</c> is <c>exists</c> or
/// <c>journal</c>, <c>cost</c> is by the catalogue's prices, <c>error</c> an error id, <c>status</c> that of HTTP. Edits run side by side,
/// and so do their lines: the image tells which belong together. Where an outage holds the batch, the model that is away stands in the
/// image's place, or <c>service</c> for all of them; <c>next</c> and <c>left</c> are seconds until it is asked again and until it is
/// given up.</para>
/// </remarks>
/// <param name="output">Where the lines go.</param>
/// <param name="isHeard">Whether verbose messages are shown: every edit has two, so they are not built in vain.</param>
internal sealed class VerboseLog(IBatchOutput output, bool isHeard)
{
    private const int LongestPrompt = 80;

    public static string Planned(string origin, IReadOnlyList<ImageEdit> edits) =>
        Line($"Planned {Origin(origin)} requests={edits.Count} model={edits[0].Request.Model} to={Quoted(DryRun.TargetOf(edits[0]))}");

    public void Sending(ImageEdit edit)
    {
        if (isHeard)
        {
            Tell($"Sending {Origin(edit)} index={edit.Index} model={edit.Request.Model} bytes={edit.Request.Images.Sum(image => image.Length)} to={Quoted(DryRun.TargetOf(edit))}");
        }
    }

    public void Retrying(ImageEdit edit, RetryNotice retry)
    {
        if (isHeard)
        {
            Tell($"Retrying {Origin(edit)} index={edit.Index} attempt={retry.Attempt + 1} wait={retry.Delay.TotalSeconds:0.0} error={ErrorIdOf(retry.Reason)} status={StatusOf(retry.Reason)} message={Quoted(retry.Reason.Message)}");
        }
    }

    public void Saved(ImageEdit edit, ImageEditResult result)
    {
        if (isHeard)
        {
            Tell($"Saved {Origin(result.SourcePath ?? edit.Request.Prompt)} index={edit.Index} attempts={result.Attempts} seconds={result.Duration.TotalSeconds:0.0} tokens={result.Usage?.TotalTokenCount} cost={result.Cost} currency={result.Currency} bytes={result.Images.Sum(image => image.Length)} to={Quoted(result.Path ?? "")}");
        }
    }

    public void Skipped(ImageEdit edit, string reason, string? path)
    {
        if (isHeard)
        {
            Tell($"Skipped {Origin(edit)} index={edit.Index} reason={reason} to={Quoted(path ?? "")}");
        }
    }

    public void Failed(string origin, int? index, TokaifyException exception)
    {
        if (isHeard)
        {
            Tell($"Failed {Origin(origin)} index={index} error={exception.ErrorId} status={exception.StatusCode} attempts={exception.Attempts} cost={exception.Cost} currency={exception.Currency} message={Quoted(exception.Message)}");
        }
    }

    public void Holding(BatchNotice.Holding notice)
    {
        if (isHeard)
        {
            Tell($"Holding {Who(notice)} error={ErrorIdOf(notice.Reason)} status={StatusOf(notice.Reason)} next={notice.Pause.TotalSeconds:0.0} left={notice.Left.TotalSeconds:0} message={Quoted(notice.Reason.Message)}");
        }
    }

    public void Resumed(BatchNotice.Resumed notice)
    {
        if (isHeard)
        {
            Tell($"Resumed {Who(notice)} seconds={notice.Duration.TotalSeconds:0.0}");
        }
    }

    /// <summary>Why an attempt failed, in a word or two.</summary>
    public static string Reason(Exception exception) =>
        StatusOf(exception) is { } status ? Line($"{ErrorIdOf(exception)} (HTTP {status})") : ErrorIdOf(exception);

    private static string Who(BatchNotice notice) => Quoted(notice.Group.Length == 0 ? "service" : notice.Group);

    private static string Origin(ImageEdit edit) => Origin(edit.SourcePath ?? edit.Request.Prompt);

    // A path is given whole. A prompt may be a page.
    private static string Origin(string origin) => Quoted(
        origin.Length > LongestPrompt && !Path.IsPathRooted(origin) ? origin.Substring(0, LongestPrompt) + "…" : origin);

    /// <summary>The beginning of a prompt, in one line.</summary>
    public static string Beginning(string prompt)
    {
        var line = Quoted(prompt.Length > LongestPrompt ? prompt.Substring(0, LongestPrompt) + "…" : prompt);
        return line.Substring(1, line.Length - 2);
    }

    private static string ErrorIdOf(Exception exception) => exception switch
    {
        TokaifyException failure => failure.ErrorId.ToString(),
        TimeoutException => nameof(TokaifyErrorId.Timeout),
        _ => exception.GetType().Name,
    };

    private static int? StatusOf(Exception exception) => (exception as TokaifyException)?.StatusCode;

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('\'');
        foreach (var character in text)
        {
            quoted.Append(character < ' ' || ControlCharacters.Contains(character) ? ' ' : character);
            if (character == '\'')
            {
                quoted.Append('\'');
            }
        }

        return quoted.Append('\'').ToString();
    }

    private void Tell(FormattableString line) => output.WriteVerbose(Line(line));

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
