using System.Reflection;

namespace Tokaify.Tests;

/// <summary>Runs the tests that are compiled into this program.</summary>
internal static class Program
{
    private const string Usage = "Usage: Tokaify.Client.Tests.exe <results.trx> [<beginning of names>]";

    public static int Main(string[] arguments)
    {
        if (arguments.Length is < 1 or > 2)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        // The pool adds only one or two threads in a second, and a test that waits for one would reach its time limit.
        ThreadPool.SetMinThreads(64, 64);
        AppDomain.CurrentDomain.AssemblyResolve += (_, asked) => Resolve(new AssemblyName(asked.Name).Name!);
        return Run(arguments[0], arguments.Length > 1 ? arguments[1] : "");
    }

    // A separate method: code above must not need an assembly before the resolver is registered.
    private static int Run(string resultsPath, string nameStart) => new TestRun(resultsPath, nameStart).Execute();

    // As Windows PowerShell and the module's resolver do it: by name, for any version.
    private static Assembly? Resolve(string name) =>
        new[] { Path.Combine(ModuleFolder, "netstandard2.0"), Path.Combine(ModuleFolder, "netstandard2.0", "dependencies") }
            .Select(folder => Path.Combine(folder, name + ".dll"))
            .Where(File.Exists)
            .Select(Assembly.LoadFrom)
            .FirstOrDefault();

    /// <summary>The folder of the module that the build has staged.</summary>
    internal static string ModuleFolder => typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "ModuleFolder").Value;
}
