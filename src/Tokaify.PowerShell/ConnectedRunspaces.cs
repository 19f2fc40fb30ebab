using System.Collections.Concurrent;

namespace Tokaify.PowerShell;

/// <summary>The connected sessions of this process, and the addresses of its emulators.</summary>
/// <remarks>A runspace cannot access another one, so this list is static. Its references are weak, so that it does not keep alive a
/// runspace that was not closed and has a key in its session.</remarks>
internal static class ConnectedRunspaces
{
    private static readonly List<WeakReference<RunspaceSession>> s_sessions = [];
    private static readonly ConcurrentDictionary<int, Uri> s_emulators = new();

    /// <summary>Adds a new session.</summary>
    public static void Add(RunspaceSession session)
    {
        lock (s_sessions)
        {
            s_sessions.RemoveAll(each => !each.TryGetTarget(out _));
            s_sessions.Add(new WeakReference<RunspaceSession>(session));
        }
    }

    /// <summary>Returns the addresses to which the runspaces of other sessions are connected.</summary>
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

    /// <summary>Adds an emulator that has begun to listen.</summary>
    public static void AddEmulator(Uri address) => s_emulators[address.Port] = address;

    /// <summary>Removes an emulator that no longer listens.</summary>
    public static void RemoveEmulator(Uri address) => s_emulators.TryRemove(address.Port, out _);

    /// <summary>Whether one of this process's emulators listens at an address.</summary>
    public static bool IsEmulator(Uri address) => address is { IsAbsoluteUri: true, IsLoopback: true } && s_emulators.ContainsKey(address.Port);
}
