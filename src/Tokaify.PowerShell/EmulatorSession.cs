using Tokaify.Emulation;

namespace Tokaify.PowerShell;

/// <summary>The emulator of this session, and what the session was connected to before it.</summary>
internal static class EmulatorSession
{
    private static readonly object s_lock = new();
    private static RelayEmulator? s_emulator;
    private static TokaifyContext? s_contextBefore;

    public static Uri? BaseUri => s_emulator?.BaseUri;

    /// <summary>Starts it and connects the session to it.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where one runs already.</exception>
    public static RelayEmulator Start(EmulatorOptions options)
    {
        lock (s_lock)
        {
            if (s_emulator is not null)
            {
                // Nobody should read on believing that nothing is billed.
                var elsewhere = TokaifyContext.Session.BaseUri == s_emulator.BaseUri ? "" : ", but the session is no longer connected to it";
                throw new TokaifyException(
                    TokaifyErrorId.InvalidArgument,
                    $"An emulator runs already at {s_emulator.BaseUri}{elsewhere}. Stop it first: Stop-TokaifyEmulator.");
            }

            s_emulator = RelayEmulator.Start(options);
            s_contextBefore = TokaifyContext.Session;
            TokaifyContext.Session = s_contextBefore with
            {
                BaseUri = s_emulator.BaseUri,
                Key = ApiKey.FromPlainText("emulator"),
                Proxy = null,
            };
            return s_emulator;
        }
    }

    /// <summary>Stops it, and connects the session to what it was connected to before.</summary>
    /// <returns>Whether one ran.</returns>
    public static bool Stop()
    {
        lock (s_lock)
        {
            if (s_emulator is null)
            {
                return false;
            }

            // Whoever connected to something else in the meantime stays there.
            if (TokaifyContext.Session.BaseUri == s_emulator.BaseUri)
            {
                TokaifyContext.Session = s_contextBefore!;
            }

            s_emulator.Dispose();
            s_emulator = null;
            return true;
        }
    }
}
