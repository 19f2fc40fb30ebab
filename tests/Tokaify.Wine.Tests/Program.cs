namespace Tokaify.Tests;

/// <summary>Runs the tests that are compiled into this program.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length is < 1 or > 2)
        {
            Console.Error.WriteLine("Usage: Tokaify.Client.Tests.exe <results.trx> [<beginning of names>]");
            return 2;
        }

        return new TestRun(arguments[0], arguments.Length > 1 ? arguments[1] : "").Execute();
    }
}
