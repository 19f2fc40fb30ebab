using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using Tokaify.Emulation;

namespace Tokaify.PowerShell;

/// <summary>What a runspace has: its connection, its emulator, and what its commands keep open between them.</summary>
/// <remarks>It is the value of a variable of the runspace. So ForEach-Object -Parallel, which resets a runspace before it uses it again,
/// resets this as well. It is used on the pipeline's thread, and ended on any.</remarks>
internal sealed class RunspaceSession : IDisposable
{
    private const string VariableName = "global:TokaifySession";

    // The last session of each runspace. PowerShell tells that a runspace is closed, but not that it is reset.
    private static readonly ConditionalWeakTable<Runspace, RunspaceSession> s_sessions = new();

    private readonly object _lock = new();
    private readonly OpenConnections _connections = new();
    private RelayEmulator? _emulator;
    private TokaifyContext _contextBefore = new();
    private volatile TokaifyContext _context = new();

    private RunspaceSession()
    {
    }

    /// <summary>What <c>Connect-Tokaify</c> or <c>Start-TokaifyEmulator</c> set; empty where neither did.</summary>
    public TokaifyContext Context { get => _context; set => _context = value; }

    /// <summary>The session of a runspace.</summary>
    /// <param name="state">The runspace's state, as a command on its pipeline's thread has it.</param>
    public static RunspaceSession Of(SessionState state)
    {
        if (state.PSVariable.GetValue(VariableName) is RunspaceSession session)
        {
            return session;
        }

        session = new RunspaceSession();
        ConnectedRunspaces.Add(session);
        if (Runspace.DefaultRunspace is { } runspace)
        {
            session.EndWith(runspace);
        }

        // Constant, because scripts clear away all variables, and would go on with the environment's key.
        state.PSVariable.Set(new PSVariable(VariableName, session, ScopedItemOptions.Constant)
        {
            Visibility = SessionStateEntryVisibility.Private,
        });
        return session;
    }

    /// <summary>The session of the runspace that this thread works for.</summary>
    public static RunspaceSession Current()
    {
        var result = ScriptBlock.Create("$ExecutionContext").InvokeReturnAsIs();
        return Of(((EngineIntrinsics)(result is PSObject wrapped ? wrapped.BaseObject : result)).SessionState);
    }

    /// <summary>Whether another runspace of this process is connected.</summary>
    public bool IsAnotherConnected => ConnectedRunspaces.Beside(this).Count > 0;

    /// <summary>The address of the emulator that another runspace of this process is connected to; null for none.</summary>
    public Uri? EmulatorOfAnother => ConnectedRunspaces.Beside(this).FirstOrDefault(ConnectedRunspaces.IsEmulator);

    /// <summary>Keeps a connection open for the commands to come.</summary>
    public void Keep(TokaifyConnection connection) => _connections.Keep(connection);

    /// <summary>Forgets the connection, and lets go of what is kept open. An emulator goes on.</summary>
    public void Disconnect()
    {
        lock (_lock)
        {
            Context = new TokaifyContext();
            _contextBefore = new TokaifyContext();
            _connections.Dispose();
        }
    }

    /// <summary>Starts an emulator and connects to it.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where one runs already.</exception>
    public RelayEmulator StartEmulator(EmulatorOptions options)
    {
        lock (_lock)
        {
            if (_emulator is not null)
            {
                // Nobody should read on believing that nothing is billed.
                var elsewhere = Context.BaseUri == _emulator.BaseUri ? "" : ", but the session is no longer connected to it";
                throw new TokaifyException(
                    TokaifyErrorId.InvalidArgument,
                    $"An emulator runs already at {_emulator.BaseUri}{elsewhere}. Stop it first: Stop-TokaifyEmulator.");
            }

            _emulator = RelayEmulator.Start(options);
            ConnectedRunspaces.AddEmulator(_emulator.BaseUri);
            _contextBefore = Context;
            Context = Context with { BaseUri = _emulator.BaseUri, Key = ApiKey.FromPlainText("emulator"), Proxy = null, ProxyCredential = null };
            return _emulator;
        }
    }

    /// <summary>Stops the emulator, and connects to what the runspace was connected to before.</summary>
    /// <returns>Whether one ran.</returns>
    public bool StopEmulator()
    {
        lock (_lock)
        {
            if (_emulator is null)
            {
                return false;
            }

            // Whoever connected to something else in the meantime stays there.
            if (Context.BaseUri == _emulator.BaseUri)
            {
                Context = _contextBefore;
            }

            _contextBefore = new TokaifyContext();
            ConnectedRunspaces.RemoveEmulator(_emulator.BaseUri);
            _emulator.Dispose();
            _emulator = null;
            return true;
        }
    }

    /// <summary>Ends all that belongs to it. What the runspace connects to afterwards is connected anew.</summary>
    public void Dispose()
    {
        StopEmulator();
        Disconnect();
    }

    private void EndWith(Runspace runspace)
    {
        lock (s_sessions)
        {
            if (s_sessions.TryGetValue(runspace, out var reset))
            {
                reset.Dispose();
                s_sessions.Remove(runspace);
            }

            s_sessions.Add(runspace, this);
        }

        // Once for each runspace, however often it is reset.
        runspace.StateChanged -= EndClosed;
        runspace.StateChanged += EndClosed;
    }

    private static void EndClosed(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken
            && sender is Runspace runspace
            && s_sessions.TryGetValue(runspace, out var session))
        {
            session.Dispose();
        }
    }
}
