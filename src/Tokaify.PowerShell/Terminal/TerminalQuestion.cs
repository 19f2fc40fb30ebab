using System.Diagnostics;
#if NET
using System.Runtime.InteropServices;
#endif
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Asks the terminal what it is.</summary>
/// <remarks>
/// The response comes in as if it were typed. So nothing is asked where no terminal is at the other end of the input, nor where the user
/// has typed ahead; and what comes is waited for, a second at the most. On Windows it comes as keys. Elsewhere the terminal would
/// print it as well: for that time it is told not to, by what the runtime reads keys with. That is not documented, so where it is
/// not there as expected, nothing is asked.
/// </remarks>
internal static class TerminalQuestion
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    /// <summary>Asks; what it does not say is as in <see cref="TerminalResponses.None"/>.</summary>
    /// <param name="output">What leads to the terminal.</param>
    public static TerminalResponses Ask(Stream output)
    {
        try
        {
            return Console.IsInputRedirected || Console.KeyAvailable ? TerminalResponses.None : TerminalResponses.Read(Exchange(output));
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or DllNotFoundException or EntryPointNotFoundException)
        {
            return TerminalResponses.None;
        }
    }

    private static string Exchange(Stream output)
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            Send(output);
            return ReadKeys();
        }

#if NET
        const byte OneTenth = 1;
        InitializeConsoleBeforeRead(minChars: 0, decisecondsTimeout: OneTenth);
        try
        {
            Send(output);
            return ReadBytes();
        }
        finally
        {
            UninitializeConsoleAfterRead();
        }
#else
        return "";
#endif
    }

    private static void Send(Stream output)
    {
        var bytes = Encoding.ASCII.GetBytes(TerminalResponses.Questions);
        output.Write(bytes, 0, bytes.Length);
        output.Flush();
    }

    private static string ReadKeys()
    {
        var text = new StringBuilder();
        var watch = Stopwatch.StartNew();
        while (!TerminalResponses.IsComplete(text.ToString()) && watch.Elapsed < s_longest)
        {
            if (Console.KeyAvailable)
            {
                text.Append(Console.ReadKey(intercept: true).KeyChar);
            }
            else
            {
                Thread.Sleep(2);
            }
        }

        return text.ToString();
    }

#if NET
    private static string ReadBytes()
    {
        Span<byte> buffer = stackalloc byte[256];
        var text = new StringBuilder();
        var watch = Stopwatch.StartNew();
        while (!TerminalResponses.IsComplete(text.ToString()) && watch.Elapsed < s_longest)
        {
            // It waits a tenth of a second at the most, as said above.
            var length = ReadStdin(ref MemoryMarshal.GetReference(buffer), buffer.Length);
            text.Append(Encoding.ASCII.GetString(buffer[..Math.Max(0, length)]));
            if (length < 0)
            {
                break;
            }
        }

        return text.ToString();
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_InitializeConsoleBeforeRead")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void InitializeConsoleBeforeRead(byte minChars, byte decisecondsTimeout);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_UninitializeConsoleAfterRead")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void UninitializeConsoleAfterRead();

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_ReadStdin")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadStdin(ref byte buffer, int length);
#endif
}
