using System.Runtime.InteropServices;

namespace Tokaify.PowerShell;

/// <summary>The terminal's window.</summary>
/// <param name="Columns">The number of columns.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Cell">The size of a cell in pixels; null if the terminal does not report it.</param>
internal sealed record TerminalWindow(int Columns, int Rows, PixelSize? Cell = null)
{
    /// <summary>Creates a window, with the size of a cell from the system if it has it.</summary>
    /// <remarks>Linux stores the size that the terminal has reported (ioctl_tty(2), TIOCGWINSZ). On other systems, only the terminal itself
    /// knows it.</remarks>
    /// <param name="columns">The number of columns.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="asked">The size of a cell in pixels, if the terminal has reported it in response to a query.</param>
    public static TerminalWindow Of(int columns, int rows, PixelSize? asked = null) => new(columns, rows, CellOf(columns, rows) ?? asked);

    private static PixelSize? CellOf(int columns, int rows)
    {
        const int StandardOutput = 1;
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
            || ioctl(StandardOutput, GetWindowSize, out var size) != 0
            || size.Columns != columns || size.Rows != rows)
        {
            return null;
        }

        var cell = new PixelSize(size.Width / size.Columns, size.Height / size.Rows);
        return cell is { Width: > 0, Height: > 0 } ? cell : null;
    }

    // asm-generic/ioctls.h
    private const nuint GetWindowSize = 0x5413;

#pragma warning disable SYSLIB1054, CA5392, IDE1006 // A generated marshaller needs unsafe code; the C library is the system's.
    [DllImport("libc")]
    private static extern int ioctl(int file, nuint request, out WindowSize size);
#pragma warning restore SYSLIB1054, CA5392, IDE1006

    // struct winsize
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct WindowSize
    {
        public readonly ushort Rows;
        public readonly ushort Columns;
        public readonly ushort Width;
        public readonly ushort Height;
    }
}
