#if NET
using System.Runtime.InteropServices;
#endif

namespace Tokaify.PowerShell;

/// <summary>Has a command come to a clean end when the process is told to end (SIGTERM, on Windows a shutdown): PowerShell would end
/// with its requests in flight, and no line would say so.</summary>
/// <remarks>Nothing on .NET Framework, which has no such thing.</remarks>
internal sealed class TerminationSignal : IDisposable
{
#if NET
    // An orchestrator waits for half a minute, as a rule, before it kills.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // In milliseconds. The process ends meanwhile, with the exit code of the signal and not with the script's.
    private const int Pause = 5000;

    private readonly PosixSignalRegistration _registration;
    private volatile bool _isSignalled;

    /// <summary>Begins to listen.</summary>
    /// <param name="cancel">Cancels what is in flight. On any thread.</param>
    /// <param name="wait">Waits until it has ended, for a span at the most.</param>
    public TerminationSignal(Action cancel, Action<TimeSpan> wait) => _registration = PosixSignalRegistration.Create(
        PosixSignal.SIGTERM,
        _ =>
        {
            _isSignalled = true;
            cancel();
            // The process ends when this returns.
            wait(s_patience);
        });

    /// <summary>Listens no longer.</summary>
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
