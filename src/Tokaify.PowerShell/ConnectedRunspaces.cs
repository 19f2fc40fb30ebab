using System.Collections.Concurrent;

namespace Tokaify.PowerShell;

/// <summary>Where the runspaces of this process are connected to, and which of these addresses are emulators.</summary>
/// <remarks>No runspace can look into another one. This holds addresses and nothing secret.</remarks>
internal static class ConnectedRunspaces
{
    private static readonly ConcurrentDictionary<object, Uri> s_addresses = new();
    private static readonly ConcurrentDictionary<int, Uri> s_emulators = new();

    /// <summary>Notes what a runspace is connected to.</summary>
    /// <param name="runspace">Stands for the runspace, and leads to nothing.</param>
    /// <param name="context">The connection; one without key and address is none.</param>
    public static void Report(object runspace, TokaifyContext context)
    {
        if (context.Key is null && context.BaseUri is null)
        {
            s_addresses.TryRemove(runspace, out _);
        }
        else
        {
            s_addresses[runspace] = context.BaseUri ?? TokaifyConnection.DefaultBaseUri;
        }
    }

    /// <summary>Notes that an emulator listens.</summary>
    public static void AddEmulator(Uri address) => s_emulators[address.Port] = address;

    /// <summary>Notes that an emulator does not listen any more.</summary>
    public static void RemoveEmulator(Uri address) => s_emulators.TryRemove(address.Port, out _);

    /// <summary>Whether one of this process's emulators listens at an address.</summary>
    public static bool IsEmulator(Uri address) => address is { IsAbsoluteUri: true, IsLoopback: true } && s_emulators.ContainsKey(address.Port);

    /// <summary>Whether a runspace other than this one is connected to anything.</summary>
    public static bool AnyBeside(object runspace) => s_addresses.Any(each => each.Key != runspace);

    /// <summary>The emulator that a runspace other than this one is connected to; null for none.</summary>
    public static Uri? EmulatorBeside(object runspace) =>
        s_addresses.FirstOrDefault(each => each.Key != runspace && IsEmulator(each.Value)).Value;
}
