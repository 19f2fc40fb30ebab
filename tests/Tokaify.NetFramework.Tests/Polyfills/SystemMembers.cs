using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Tokaify.Tests;

/// <summary>Members of tasks, programs, digests and the runtime that .NET Framework lacks, as far as the tests use them.</summary>
internal static class SystemMembers
{
    private static readonly ConditionalWeakTable<ProcessStartInfo, Arguments> s_arguments = new();

    extension(Task task)
    {
        public bool IsCompletedSuccessfully => task.Status == TaskStatus.RanToCompletion;

        public async Task WaitAsync(TimeSpan timeout)
        {
            if (await Task.WhenAny(task, Task.Delay(timeout)) != task)
            {
                throw new TimeoutException();
            }

            await task;
        }
    }

    extension(Task task)
    {
        public async Task WaitAsync(CancellationToken token)
        {
            await Task.WhenAny(task, Task.Delay(Timeout.Infinite, token));
            token.ThrowIfCancellationRequested();
            await task;
        }
    }

    extension<T>(Task<T> task)
    {
        public async Task<T> WaitAsync(TimeSpan timeout)
        {
            await ((Task)task).WaitAsync(timeout);
            return await task;
        }
    }

    extension(CancellationTokenSource source)
    {
        public Task CancelAsync() => Task.Run(source.Cancel);
    }

    extension(ProcessStartInfo start)
    {
        public Collection<string> ArgumentList => s_arguments.GetValue(start, key => new Arguments(key));
    }

    extension(Process process)
    {
        public Task WaitForExitAsync() => Task.Run(process.WaitForExit);
    }

    extension(Environment)
    {
        public static int ProcessId => Process.GetCurrentProcess().Id;
    }

    extension(OperatingSystem)
    {
        public static bool IsWindows() => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

        public static bool IsLinux() => RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
    }

    extension(SHA256)
    {
        public static byte[] HashData(byte[] bytes)
        {
            using var hash = SHA256.Create();
            return hash.ComputeHash(bytes);
        }

        public static byte[] HashData(Stream stream)
        {
            using var hash = SHA256.Create();
            return hash.ComputeHash(stream);
        }
    }

    extension(RandomNumberGenerator)
    {
        public static byte[] GetBytes(int count)
        {
            using var generator = RandomNumberGenerator.Create();
            var bytes = new byte[count];
            generator.GetBytes(bytes);
            return bytes;
        }
    }

    extension(Type type)
    {
        public bool IsByRefLike => type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsByRefLikeAttribute");
    }

    extension(GC)
    {
        public static long GetTotalAllocatedBytes(bool precise) => throw NotCounted();

        public static long GetAllocatedBytesForCurrentThread() => throw NotCounted();
    }

    private static PlatformNotSupportedException NotCounted() => new(".NET Framework 4.7.2 counts no allocations.");

    /// <summary>Keeps the one string that .NET Framework passes on.</summary>
    private sealed class Arguments(ProcessStartInfo start) : Collection<string>
    {
        protected override void InsertItem(int index, string item)
        {
            base.InsertItem(index, item);
            start.Arguments = string.Join(" ", this.Select(Quoted));
        }

        // On Windows, backslashes have a meaning only before a quotation mark.
        private static string Quoted(string argument) => OperatingSystem.IsWindows()
            ? '"' + Regex.Replace(Regex.Replace(argument, @"(\\*)""", @"$1$1\"""), @"(\\+)\z", "$1$1") + '"'
            : $"\"{argument.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
    }
}
