using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Images;

/// <summary>Creates named pipes (FIFOs), which .NET cannot.</summary>
internal static class NamedPipe
{
    private const uint OwnersOnly = 0x180;

    public static string Make(string path)
    {
        Assert.Equal(0, MakeFifo(Encoding.UTF8.GetBytes(path + '\0'), OwnersOnly));
        return path;
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo(byte[] path, uint mode);
}
