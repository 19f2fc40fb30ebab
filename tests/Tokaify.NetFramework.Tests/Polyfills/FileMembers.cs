using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Tokaify.Tests;

/// <summary>Members of files, streams and sockets that .NET Framework lacks, as far as the tests use them.</summary>
internal static class FileMembers
{
    extension(Directory)
    {
        public static DirectoryInfo CreateTempSubdirectory(string prefix) =>
            Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), prefix + Guid.NewGuid().ToString("N")));
    }

    extension(Path)
    {
        public static bool IsPathFullyQualified(string path) => Path.IsPathRooted(path) && Path.GetFullPath(path) == path;
    }

    extension(File)
    {
        public static void CreateSymbolicLink(string path, string target)
        {
            if (!(OperatingSystem.IsWindows() ? LinkOnWindows(path, target) : SymLink(target, path) == 0))
            {
                throw new IOException($"No link at {path}.");
            }
        }

        public static Task<byte[]> ReadAllBytesAsync(string path) => Task.Run(() => File.ReadAllBytes(path));

        public static Task AppendAllTextAsync(string path, string text) => Task.Run(() => File.AppendAllText(path, text));

        public static Task AppendAllTextAsync(string path, string text, Encoding encoding) =>
            Task.Run(() => File.AppendAllText(path, text, encoding));

        public static Task<string> ReadAllTextAsync(string path) => Task.Run(() => File.ReadAllText(path));

        public static Task<string[]> ReadAllLinesAsync(string path) => Task.Run(() => File.ReadAllLines(path));

        public static Task WriteAllBytesAsync(string path, byte[] bytes) => Task.Run(() => File.WriteAllBytes(path, bytes));

        public static Task WriteAllTextAsync(string path, string text) => Task.Run(() => File.WriteAllText(path, text));

        public static Task WriteAllTextAsync(string path, string text, Encoding encoding) =>
            Task.Run(() => File.WriteAllText(path, text, encoding));
    }

    extension(TcpListener listener)
    {
        public async Task<TcpClient> AcceptTcpClientAsync(CancellationToken token)
        {
            using (token.Register(listener.Stop))
            {
                return await listener.AcceptTcpClientAsync();
            }
        }

        public async Task<Socket> AcceptSocketAsync(CancellationToken token)
        {
            using (token.Register(listener.Stop))
            {
                return await listener.AcceptSocketAsync();
            }
        }
    }

    extension(FileInfo file)
    {
        public string? LinkTarget
        {
            get
            {
                var target = new byte[4096];
                var length = ReadLink(file.FullName, target, (IntPtr)target.Length).ToInt64();
                return length < 0 ? null : Encoding.UTF8.GetString(target, 0, (int)length);
            }
        }
    }

    extension(Stream stream)
    {
        public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes.ToArray(), 0, bytes.Length);

        // Sockets do not watch a token while they are written to or read.
        public async Task WriteAsync(byte[] bytes, CancellationToken token = default)
        {
            using (token.Register(stream.Dispose))
            {
                await stream.WriteAsync(bytes, 0, bytes.Length, token);
            }
        }

        public async Task<int> ReadAsync(byte[] bytes, CancellationToken token = default)
        {
            using (token.Register(stream.Dispose))
            {
                return await stream.ReadAsync(bytes, 0, bytes.Length, token);
            }
        }

        public async Task ReadExactlyAsync(byte[] bytes, CancellationToken token = default)
        {
            for (var filled = 0; filled < bytes.Length;)
            {
                var read = await stream.ReadAsync(bytes, filled, bytes.Length - filled, token);
                filled += read > 0 ? read : throw new EndOfStreamException();
            }
        }

        public ValueTask DisposeAsync()
        {
            stream.Dispose();
            return default;
        }
    }

    extension(Socket socket)
    {
        public async Task ConnectAsync(EndPoint address, CancellationToken token)
        {
            using (token.Register(socket.Dispose))
            {
                try
                {
                    await Task.Factory.FromAsync(socket.BeginConnect(address, null, null), socket.EndConnect);
                }
                catch (ObjectDisposedException) when (token.IsCancellationRequested)
                {
                    throw new OperationCanceledException(token);
                }
            }
        }

        public Task<int> ReceiveAsync(byte[] buffer, CancellationToken token = default) => socket.ReceiveAsync(buffer.AsMemory(), token);

        public Task<int> ReceiveAsync(Memory<byte> buffer, CancellationToken token) => socket.ReceiveAsync(buffer, SocketFlags.None, token);

        public async Task<int> ReceiveAsync(Memory<byte> buffer, SocketFlags flags, CancellationToken token)
        {
            MemoryMarshal.TryGetArray<byte>(buffer, out var bytes);
            using (token.Register(socket.Dispose))
            {
                return await Task.Factory.FromAsync(
                    socket.BeginReceive(bytes.Array!, bytes.Offset, bytes.Count, flags, null, null), socket.EndReceive);
            }
        }

        public async Task<int> SendAsync(byte[] buffer, CancellationToken token)
        {
            using (token.Register(socket.Dispose))
            {
                return await Task.Factory.FromAsync(
                    socket.BeginSend(buffer, 0, buffer.Length, SocketFlags.None, null, null), socket.EndSend);
            }
        }
    }

    private static bool LinkOnWindows(string path, string target)
    {
        const int Folder = 1;
        const int WithoutTheRight = 2;
        return CreateSymbolicLink(path, target, WithoutTheRight | (Directory.Exists(target) ? Folder : 0)) != 0;
    }

    // A BOOLEAN, which is a byte.
    [DllImport("kernel32", EntryPoint = "CreateSymbolicLinkW", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern byte CreateSymbolicLink(string path, string target, int flags);

    [DllImport("libc", EntryPoint = "symlink")]
    private static extern int SymLink(string target, string path);

    [DllImport("libc", EntryPoint = "readlink")]
    private static extern IntPtr ReadLink(string path, byte[] target, IntPtr length);
}

/// <summary>In a separate class, because a class cannot have two methods of one signature.</summary>
internal static class FolderMembers
{
    extension(Directory)
    {
        public static void CreateSymbolicLink(string path, string target) => File.CreateSymbolicLink(path, target);
    }
}
