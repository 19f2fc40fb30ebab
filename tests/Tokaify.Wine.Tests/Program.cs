using System.Globalization;

namespace Tokaify.Tests;

/// <summary>Runs the tests that are compiled into this program, or one batch.</summary>
internal static class Program
{
    private const string Usage = """
        Usage: Tokaify.Client.Tests.exe <results.trx> [<beginning of names>]
               Tokaify.Client.Tests.exe batch <address> <folder> <number of pictures after which the process is ended, 0 for none>
        """;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["batch", var address, var folder, var killAfter])
        {
            return await Batch.RunAsync(new Uri(address), folder, int.Parse(killAfter, CultureInfo.InvariantCulture));
        }

        if (arguments.Length is < 1 or > 2)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        return new TestRun(arguments[0], arguments.Length > 1 ? arguments[1] : "").Execute();
    }
}
