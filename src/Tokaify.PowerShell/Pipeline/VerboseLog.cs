using System.Globalization;
using System.Text;
using Tokaify.Resilience;

namespace Tokaify.PowerShell;

/// <summary>Writes the verbose messages of each edit: a log line for each event, with fields that can be searched.</summary>
/// <remarks>
/// <para>Each line begins with its event and the image in single quotes: its full path, or for an image from text alone the beginning of
/// the prompt. A quote inside is doubled, a line break becomes a space. Then follow the fields <c>key=value</c>, always the same ones in
/// the same order. Texts are quoted in the same way, numbers have a decimal point, and unknown values are empty.</para>
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
/// <para><c>index</c> is the number among the variations of a source, <c>attempt</c> is the number of the next attempt, <c>wait</c> and
/// <c>seconds</c> are seconds, <c>bytes</c> are the bytes of the images sent or saved, <c>reason</c> is <c>exists</c>, <c>journal</c> or
/// <c>refused</c>, <c>cost</c> is by the catalogue's prices, <c>error</c> is an error id, <c>status</c> is the HTTP status. Edits run side
/// by side, so their lines are mixed; lines of one edit have the same image. In lines about an outage, the unavailable model is in the
/// place of the image, or <c>service</c> if all models are unavailable. <c>next</c> and <c>left</c> are the seconds until the next try and
/// until the batch gives up.</para>
/// </remarks>
/// <param name="output">The streams of the command.</param>
/// <param name="isOn">Whether verbose messages are shown. If not, the lines are not built.</param>
internal sealed class VerboseLog(IBatchOutput output, bool isOn)
{
    private const int LongestPrompt = 80;

    public static string Planned(string origin, IReadOnlyList<ImageEdit> edits) =>
        Line($"Planned {Origin(origin)} requests={edits.Count} model={edits[0].Request.Model} to={Quoted(DryRun.TargetOf(edits[0]))}");

    public void Sending(ImageEdit edit)
    {
        if (isOn)
        {
            Write($"Sending {Origin(edit)} index={edit.Index} model={edit.Request.Model} bytes={edit.Request.Images.Sum(image => image.Length)} to={Quoted(DryRun.TargetOf(edit))}");
        }
    }

    public void Retrying(ImageEdit edit, RetryNotice retry)
    {
        if (isOn)
        {
            Write($"Retrying {Origin(edit)} index={edit.Index} attempt={retry.Attempt + 1} wait={retry.Delay.TotalSeconds:0.0} error={ErrorIdOf(retry.Reason)} status={StatusOf(retry.Reason)} message={Quoted(retry.Reason.Message)}");
        }
    }

    public void Saved(ImageEdit edit, ImageEditResult result)
    {
        if (isOn)
        {
            Write($"Saved {Origin(result.SourcePath ?? edit.Request.Prompt)} index={edit.Index} attempts={result.Attempts} seconds={result.Duration.TotalSeconds:0.0} tokens={result.Usage?.TotalTokenCount} cost={result.Cost} currency={result.Currency} bytes={result.Images.Sum(image => image.Length)} to={Quoted(result.Path ?? "")}");
        }
    }

    public void Skipped(ImageEdit edit, string reason, string? path)
    {
        if (isOn)
        {
            Write($"Skipped {Origin(edit)} index={edit.Index} reason={reason} to={Quoted(path ?? "")}");
        }
    }

    public void Failed(string origin, int? index, TokaifyException exception)
    {
        if (isOn)
        {
            Write($"Failed {Origin(origin)} index={index} error={exception.ErrorId} status={exception.StatusCode} attempts={exception.Attempts} cost={exception.Cost} currency={exception.Currency} message={Quoted(exception.Message)}");
        }
    }

    public void Holding(BatchNotice.Holding notice)
    {
        if (isOn)
        {
            Write($"Holding {Outage(notice)} error={ErrorIdOf(notice.Reason)} status={StatusOf(notice.Reason)} next={notice.Pause.TotalSeconds:0.0} left={notice.Left.TotalSeconds:0} message={Quoted(notice.Reason.Message)}");
        }
    }

    public void Resumed(BatchNotice.Resumed notice)
    {
        if (isOn)
        {
            Write($"Resumed {Outage(notice)} seconds={notice.Duration.TotalSeconds:0.0}");
        }
    }

    /// <summary>The reason why an attempt failed, in a word or two.</summary>
    public static string Reason(Exception exception) =>
        StatusOf(exception) is { } status ? Line($"{ErrorIdOf(exception)} (HTTP {status})") : ErrorIdOf(exception);

    private static string Outage(BatchNotice notice) => Quoted(notice.Group.Length == 0 ? "service" : notice.Group);

    private static string Origin(ImageEdit edit) => Origin(edit.SourcePath ?? edit.Request.Prompt);

    // Paths are written in full. Prompts are shortened, because they may be long.
    private static string Origin(string origin) => Quoted(
        origin.Length > LongestPrompt && !FilePath.IsFull(origin) ? origin.Substring(0, LongestPrompt) + "…" : origin);

    /// <summary>Returns the beginning of a prompt, in one line.</summary>
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

    private void Write(FormattableString line) => output.WriteVerbose(Line(line));

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
