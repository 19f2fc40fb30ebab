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

        // The pool adds a thread or two a second, and a test that waits for one fails by its time limit.
        ThreadPool.SetMinThreads(64, 64);
        AppDomain.CurrentDomain.AssemblyResolve += (_, asked) => Resolve(new AssemblyName(asked.Name).Name!);
        return Run(arguments[0], arguments.Length > 1 ? arguments[1] : "");
    }

    // A method of its own: nothing above may need an assembly before there is who finds it.
    private static int Run(string resultsPath, string nameStart) => new TestRun(resultsPath, nameStart).Execute();

    // As Windows PowerShell and the module's own resolver find them: by name, whatever the version.
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
