using System.Runtime.InteropServices;

namespace Tokaify.PowerShell;

/// <summary>The window that images are drawn in.</summary>
/// <param name="Columns">Cells.</param>
/// <param name="Rows">Cells.</param>
/// <param name="Cell">A cell's pixels; null where the terminal does not say.</param>
internal sealed record TerminalWindow(int Columns, int Rows, PixelSize? Cell = null)
{
    /// <summary>A window of so many cells, with the size of a cell where the system has it.</summary>
    /// <remarks>Linux keeps what the terminal said (ioctl_tty(2), TIOCGWINSZ). Elsewhere only the terminal itself knows.</remarks>
    /// <param name="columns">Cells.</param>
    /// <param name="rows">Cells.</param>
    /// <param name="asked">A cell's pixels, if the terminal was asked and said so.</param>
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
