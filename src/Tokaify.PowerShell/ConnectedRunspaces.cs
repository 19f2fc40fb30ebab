using System.Collections.Concurrent;

namespace Tokaify.PowerShell;

/// <summary>The sessions of this process that are connected, and the addresses that are emulators.</summary>
/// <remarks>No runspace can look into another one. The references are weak: a runspace that was left behind unclosed, with a key in its
/// session, is not held.</remarks>
internal static class ConnectedRunspaces
{
    private static readonly List<WeakReference<RunspaceSession>> s_sessions = [];
    private static readonly ConcurrentDictionary<int, Uri> s_emulators = new();

    /// <summary>Notes that a session has begun.</summary>
    public static void Add(RunspaceSession session)
    {
        lock (s_sessions)
        {
            s_sessions.RemoveAll(each => !each.TryGetTarget(out _));
            s_sessions.Add(new WeakReference<RunspaceSession>(session));
        }
    }

    /// <summary>The addresses that runspaces other than that of a session are connected to.</summary>
    public static IReadOnlyList<Uri> Beside(RunspaceSession session)
    {
        lock (s_sessions)
        {
            return
            [
                .. s_sessions
                    .Select(each => each.TryGetTarget(out var other) && other != session ? other.Context : null)
                    .OfType<TokaifyContext>()
                    .Where(context => context.IsConnected)
                    .Select(context => context.BaseUri ?? TokaifyConnection.DefaultBaseUri),
            ];
        }
    }

    /// <summary>Notes that an emulator listens.</summary>
    public static void AddEmulator(Uri address) => s_emulators[address.Port] = address;

    /// <summary>Notes that an emulator does not listen any more.</summary>
    public static void RemoveEmulator(Uri address) => s_emulators.TryRemove(address.Port, out _);

    /// <summary>Whether one of this process's emulators listens at an address.</summary>
    public static bool IsEmulator(Uri address) => address is { IsAbsoluteUri: true, IsLoopback: true } && s_emulators.ContainsKey(address.Port);
}
