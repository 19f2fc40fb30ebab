#if NET
using System.Runtime.InteropServices;
#endif

namespace Tokaify.PowerShell;

/// <summary>Ends a command cleanly when the process gets SIGTERM (on Windows, at a shutdown). Without it, PowerShell would end with
/// requests in flight, without a line in the journal.</summary>
/// <remarks>Does nothing on .NET Framework, which has no API for signals.</remarks>
internal sealed class TerminationSignal : IDisposable
{
#if NET
    // An orchestrator usually waits for 30 seconds before it kills the process.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    // In milliseconds. After a signal, the command waits for this time: the process ends meanwhile, with the exit code of the signal
    // instead of the script's.
    private const int Pause = 5000;

    private readonly PosixSignalRegistration _registration;
    private volatile bool _isSignalled;

    /// <summary>Registers for the signal.</summary>
    /// <param name="cancel">Cancels edits in flight. Called on any thread.</param>
    /// <param name="wait">Waits until they have ended, at most for the given time.</param>
    public TerminationSignal(Action cancel, Action<TimeSpan> wait) => _registration = PosixSignalRegistration.Create(
        PosixSignal.SIGTERM,
        _ =>
        {
            _isSignalled = true;
            cancel();
            // The process ends when this handler returns.
            wait(s_timeout);
        });

    /// <summary>Removes the registration.</summary>
    public void Dispose()
    {
        if (_isSignalled)
        {
            Thread.Sleep(Pause);
        }

        _registration.Dispose();
    }
#else
    /// <summary>Does nothing.</summary>
    public TerminationSignal(Action cancel, Action<TimeSpan> wait) => _ = (cancel, wait);

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }
#endif
}
