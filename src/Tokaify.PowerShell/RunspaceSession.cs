using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using Tokaify.Emulation;

namespace Tokaify.PowerShell;

/// <summary>The state of a runspace: its connection, its emulator, and the clients that stay open between commands.</summary>
/// <remarks>It is stored in a variable of the runspace. So ForEach-Object -Parallel, which resets a runspace before it uses it again,
/// resets the session as well. It is used on the pipeline's thread, and may be disposed on any thread.</remarks>
internal sealed class RunspaceSession : IDisposable
{
    private const string VariableName = "global:TokaifySession";

    // The last session of each runspace. PowerShell has an event for closing a runspace, but not for resetting it.
    private static readonly ConditionalWeakTable<Runspace, RunspaceSession> s_sessions = new();

    private readonly object _lock = new();
    private readonly OpenConnections _connections = new();
    private RelayEmulator? _emulator;
    private TokaifyContext _contextBefore = new();
    private volatile TokaifyContext _context = new();
    private (TokaifyProfile Profile, ApiKey Key)? _profileKey;
    private bool _isProfileKeyRefused;

    private RunspaceSession()
    {
    }

    /// <summary>The settings from <c>Connect-Tokaify</c> or <c>Start-TokaifyEmulator</c>; empty if neither has run.</summary>
    public TokaifyContext Context { get => _context; set => _context = value; }

    /// <summary>The session of a runspace.</summary>
    /// <param name="state">The session state of a command that runs on the runspace's pipeline thread.</param>
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

        // The variable is constant, because otherwise a script that removes all variables would continue with the key of the environment.
        state.PSVariable.Set(new PSVariable(VariableName, session, ScopedItemOptions.Constant)
        {
            Visibility = SessionStateEntryVisibility.Private,
        });
        return session;
    }

    /// <summary>The session of this thread's runspace.</summary>
    public static RunspaceSession Current() => Of(CurrentState());

    /// <summary>The session state of this thread's runspace.</summary>
    public static SessionState CurrentState()
    {
        var result = ScriptBlock.Create("$ExecutionContext").InvokeReturnAsIs();
        return ((EngineIntrinsics)(result is PSObject wrapped ? wrapped.BaseObject : result)).SessionState;
    }

    /// <summary>Returns the key of a profile. The key is read from the vault once, and again only if the service has refused it, or if the
    /// profile names another secret or vault. If a refused key cannot be read again, it is returned: the refusal may have been
    /// wrong.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="read">Reads the key from the vault.</param>
    /// <param name="warn">Called if the key cannot be read again.</param>
    public ApiKey KeyOf(TokaifyProfile profile, Func<ApiKey> read, Action<string> warn)
    {
        var known = _profileKey is { } last && last.Profile.SecretName == profile.SecretName && last.Profile.Vault == profile.Vault ? last.Key : null;
        if (known is not null && !_isProfileKeyRefused)
        {
            return known;
        }

        var key = known;
        try
        {
            key = read();
        }
        catch (TokaifyException exception) when (known is not null && exception.ErrorId == TokaifyErrorId.SecretUnavailable)
        {
            warn($"{exception.Message} The key that was read before is used.");
        }

        _profileKey = (profile, key!);
        _isProfileKeyRefused = false;
        return key!;
    }

    /// <summary>Makes the next command read the key of its profile from the vault again.</summary>
    public void ForgetProfileKey() => _profileKey = null;

    /// <summary>The same, after the service has refused the key of a profile. If the session is connected with such a key, it is read again
    /// as well.</summary>
    public void ForgetRefusedKey()
    {
        _isProfileKeyRefused = true;
        if (Context is { HasKeyOfProfile: true, Settings: { } profile, Key: { } key })
        {
            _profileKey = (profile, key);
            Context = Context with { Key = null, HasKeyOfProfile = false };
        }
    }

    /// <summary>Whether another runspace of this process is connected.</summary>
    public bool IsAnotherConnected => ConnectedRunspaces.Beside(this).Count > 0;

    /// <summary>The address of the emulator that another runspace of this process is connected to; null if there is none.</summary>
    public Uri? EmulatorOfAnother => ConnectedRunspaces.Beside(this).FirstOrDefault(ConnectedRunspaces.IsEmulator);

    /// <summary>Keeps a connection open for later commands.</summary>
    public void Keep(TokaifyConnection connection) => _connections.Keep(connection);

    /// <summary>Removes the connection settings, and closes the connections that were kept open. A running emulator continues.</summary>
    public void Disconnect()
    {
        lock (_lock)
        {
            Context = new TokaifyContext();
            _contextBefore = new TokaifyContext();
            _profileKey = null;
            _connections.Dispose();
        }
    }

    /// <summary>The running emulator; null if there is none.</summary>
    public RelayEmulator? Emulator
    {
        get
        {
            lock (_lock)
            {
                return _emulator;
            }
        }
    }

    /// <summary>Starts an emulator and connects to it. A running emulator is replaced, at the same address unless another port is
    /// requested. If the new one cannot start, the old one continues.</summary>
    public RelayEmulator StartEmulator(EmulatorOptions options)
    {
        lock (_lock)
        {
            var before = _emulator;
            _emulator = before is null ? RelayEmulator.Start(options) : Replace(before, options);
            ConnectedRunspaces.AddEmulator(_emulator.BaseUri);
            if (before is null || Context.BaseUri != before.BaseUri)
            {
                _contextBefore = Context;
            }

            // The emulator does not get the key of a profile, and the limits of a profile do not apply to a batch that uses the emulator.
            Context = new TokaifyContext
            {
                BaseUri = _emulator.BaseUri,
                Key = ApiKey.FromPlainText("emulator"),
                Model = Context.Model,
                AllowUnencryptedAuthentication = Context.AllowUnencryptedAuthentication,
            };
            return _emulator;
        }
    }

    /// <summary>Stops the emulator, and restores the runspace's earlier connection.</summary>
    /// <returns>Whether an emulator was running.</returns>
    public bool StopEmulator()
    {
        lock (_lock)
        {
            if (_emulator is null)
            {
                return false;
            }

            // A runspace that has connected to something else in the meantime keeps that connection.
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

    /// <summary>Stops the emulator and removes the connection. A later command connects again.</summary>
    public void Dispose()
    {
        StopEmulator();
        Disconnect();
    }

    private RelayEmulator Replace(RelayEmulator before, EmulatorOptions options)
    {
        var port = before.BaseUri.Port;
        if (options.Port != 0 && options.Port != port)
        {
            var other = RelayEmulator.Start(options);
            ConnectedRunspaces.RemoveEmulator(before.BaseUri);
            before.Dispose();
            return other;
        }

        before.Dispose();
        try
        {
            return RelayEmulator.Start(options with { Port = port });
        }
        catch
        {
            _emulator = RelayEmulator.Start(before.Options with { Port = port });
            throw;
        }
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

        // Subscribed only once for each runspace, even if it is reset several times.
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
