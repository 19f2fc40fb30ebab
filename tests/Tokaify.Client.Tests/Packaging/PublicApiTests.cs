using System.Reflection;
using System.Runtime.Loader;

using Xunit;

namespace Tokaify.Tests.Packaging;

/// <summary>
/// The public surface of the assemblies that the build staged is the one in docs/public-api, so that a review sees every change of it.
/// </summary>
public sealed class PublicApiTests
{
    private const string Command = "pwsh -NoProfile -File ./tests/Export-PublicApi.ps1";

    [Theory]
    [InlineData("Tokaify.Client", "net8.0")]
    [InlineData("Tokaify.Client", "netstandard2.0")]
    [InlineData("Tokaify.Emulator", "net8.0")]
    [InlineData("Tokaify.Emulator", "netstandard2.0")]
    [InlineData("Tokaify.PowerShell", "net8.0")]
    [InlineData("Tokaify.PowerShell", "netstandard2.0")]
    [InlineData("Tokaify.Resilience", "net8.0")]
    [InlineData("Tokaify.Resilience", "netstandard2.0")]
    public void Each_edition_of_an_assembly_has_the_public_surface_of_its_file(string assembly, string edition)
    {
        var file = Path.Combine(Metadata("PublicApi"), assembly + ".txt");
        var surface = PublicSurface.Read(new Edition(Path.Combine(Metadata("ModuleFolder"), edition)).Load(assembly));
        // The editions are the same, or the next run says in what they differ.
        if (Environment.GetEnvironmentVariable("TOKAIFY_WRITE_PUBLIC_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, string.Concat(surface.Select(line => line + "\n")));
        }

        var kept = File.Exists(file) ? File.ReadAllLines(file) : [];
        Assert.True(surface.SequenceEqual(kept), Difference($"{assembly} for {edition}", kept, surface));
    }

    [Fact]
    public void A_difference_names_each_line_and_the_command_that_accepts_it()
    {
        var difference = Difference("A", ["same", "went"], ["came", "same"]);

        Assert.Equal(["- went", "+ came"], difference.Split('\n').Where(line => line[0] is '-' or '+'));
        Assert.Contains(Command, difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_surface_has_everything_that_a_caller_can_notice()
    {
        string[] expected = [
            "Tokaify.Tests.Packaging.PublicApiTests.Sample<T> : abstract class, IDisposable",
            "Tokaify.Tests.Packaging.PublicApiTests.Sample<T>.Dispose() -> void",
            "Tokaify.Tests.Packaging.PublicApiTests.Sample<T>.Find(string? name, out int count, bool exact = true) -> IReadOnlyList<string?>?, protected, virtual",
            "Tokaify.Tests.Packaging.PublicApiTests.Sample<T>.Limit = 3 -> const int",
            "Tokaify.Tests.Packaging.PublicApiTests.Sample<T>.Wait { get; init; } -> TimeSpan?",
            "Tokaify.Tests.Packaging.PublicApiTests.Sample<T>.new(string text), protected",
        ];

        Assert.Equal(expected, PublicSurface.Read(typeof(Sample<>)));
    }

    private static string Difference(string what, IReadOnlyCollection<string> kept, IReadOnlyCollection<string> surface) =>
        string.Join('\n', [
            $"The public surface of {what} is not the one in docs/public-api:",
            .. kept.Except(surface).Select(line => $"- {line}"),
            .. surface.Except(kept).Select(line => $"+ {line}"),
            $"If that is meant: {Command}",
        ]);

    private static string Metadata(string key) =>
        typeof(PublicApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

#pragma warning disable CA1034, CA1063, CA1816 // Looked at through reflection, never used.
    public abstract class Sample<T> : IDisposable
    {
        public const int Limit = 3;

        protected Sample(string text) => Text = text;

        public TimeSpan? Wait { get; init; }

        internal string Text { get; }

        public void Dispose() => GC.SuppressFinalize(this);

        protected virtual IReadOnlyList<string?>? Find(string? name, out int count, bool exact = true)
        {
            count = exact ? Limit : 0;
            return [name];
        }
    }
#pragma warning restore CA1034, CA1063, CA1816

    /// <summary>One edition's assemblies, apart from those that the tests run with, and PowerShell as far as they are compiled against it.</summary>
    private sealed class Edition(string folder) : AssemblyLoadContext("Edition")
    {
        public Assembly Load(string assembly) => Load(new AssemblyName(assembly))!;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string[] places = [
                Path.Combine(folder, assemblyName.Name + ".dll"),
                Path.Combine(folder, "dependencies", assemblyName.Name + ".dll"),
                Path.Combine(Metadata("PowerShellStandard"), assemblyName.Name + ".dll"),
            ];
            // Types of .NET itself are the same for all.
            var isOfRuntime = assemblyName.Name!.StartsWith("System.", StringComparison.Ordinal)
                && assemblyName.Name != "System.Management.Automation";
            return isOfRuntime ? null : places.Where(File.Exists).Select(LoadFromAssemblyPath).FirstOrDefault();
        }
    }
}
