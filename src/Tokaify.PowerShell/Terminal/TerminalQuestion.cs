using System.Diagnostics;
#if NET
using System.Runtime.InteropServices;
#endif
using System.Text;

namespace Tokaify.PowerShell;

/// <summary>Queries the terminal for its capabilities.</summary>
/// <remarks>
/// The response arrives as input, as if it were typed. So no query is sent if the input is not a terminal, or if the user has typed ahead.
/// The response is awaited for at most a second. On Windows it arrives as keys. Elsewhere the terminal would also echo it, so echo is
/// turned off for that time, by the functions with which the runtime reads keys. These are not documented; if they do not exist as
/// expected, no query is sent.
/// </remarks>
internal static class TerminalQuestion
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    /// <summary>Sends the query. Values that the terminal does not report are as in <see cref="TerminalResponses.None"/>.</summary>
    /// <param name="output">The output stream to the terminal.</param>
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
            // Waits for at most a tenth of a second (OneTenth in Exchange).
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
