namespace Tokaify;

/// <summary>The body of an edit, and how its next attempt sends it.</summary>
/// <remarks>If a relay refuses a request because of its head, it may close the connection while the body is still being sent, and its
/// response may be lost. After such a loss the body is sent only when the relay asks for it (<c>Expect: 100-continue</c>). Doing so for
/// every request would cost a fifth of the processor time.</remarks>
/// <param name="body">The body.</param>
internal sealed class Upload(RequestBody body)
{
    private bool _isExpectationRefused;

    /// <summary>The body.</summary>
    public RequestBody Body { get; } = body;

    /// <summary>Whether the relay is asked before the body is sent.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Records that an attempt was lost, or took too long to send, before a response came.</summary>
    public void OnLost() => ExpectsContinue = !_isExpectationRefused;

    /// <summary>Records that a proxy does not support <c>Expect: 100-continue</c> (HTTP 417).</summary>
    public void OnExpectationFailed()
    {
        _isExpectationRefused = true;
        ExpectsContinue = false;
    }
}
