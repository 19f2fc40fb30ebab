namespace Tokaify;

/// <summary>The body of an edit, and how its next attempt sends it.</summary>
/// <remarks>A relay that refuses a request by its head may close the connection while the body is still on its way, and its response may be
/// lost with it. After such a loss the body is sent only if the relay asks for it (<c>Expect: 100-continue</c>). To ask each time would
/// cost a fifth of the processor time.</remarks>
/// <param name="body">The body.</param>
internal sealed class Upload(RequestBody body)
{
    private bool _isQuestionRefused;

    /// <summary>The body.</summary>
    public RequestBody Body { get; } = body;

    /// <summary>Whether the relay is asked before the body is sent.</summary>
    public bool AsksFirst { get; private set; }

    /// <summary>An attempt was lost, or took too long to send, before there was a response.</summary>
    public void OnLost() => AsksFirst = !_isQuestionRefused;

    /// <summary>A proxy does not know the question (HTTP 417).</summary>
    public void OnQuestionRefused()
    {
        _isQuestionRefused = true;
        AsksFirst = false;
    }
}
