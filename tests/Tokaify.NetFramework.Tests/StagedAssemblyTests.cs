using System.Reflection;
using System.Text.Json;
using Tokaify.Emulation;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests;

/// <summary>The tested assemblies are those that the build has staged for Windows PowerShell.</summary>
public class StagedAssemblyTests
{
    public static TheoryData<Assembly, string> Assemblies => new()
    {
        { typeof(TokaifyClient).Assembly, "" },
        { typeof(RelayEmulator).Assembly, "" },
        { typeof(RetryOptions).Assembly, "dependencies" },
        { typeof(JsonDocument).Assembly, "dependencies" },
    };

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void It_comes_from_the_staged_folder(Assembly assembly, string subfolder) => Assert.Equal(
        Path.GetFullPath(Path.Combine(Program.ModuleFolder, "netstandard2.0", subfolder)).TrimEnd(Path.DirectorySeparatorChar),
        Path.GetDirectoryName(assembly.Location));
}
