using System.Globalization;

namespace Tokaify.Tests;

/// <summary>Runs the tests that are compiled into this program, or a batch that may be killed.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["batch", var address, var folder, var count]:
                return await Batch.RunAsync(new Uri(address), folder, int.Parse(count, CultureInfo.InvariantCulture));
            case [var results, .. var names] when names.Length <= 1:
                return new TestRun(results, names.FirstOrDefault() ?? "").Execute();
            default:
                Console.Error.WriteLine("Usage: Tokaify.Client.Tests.exe <results.trx> [<beginning of names>] | batch <address> <folder> <number>");
                return 2;
        }
    }
}
