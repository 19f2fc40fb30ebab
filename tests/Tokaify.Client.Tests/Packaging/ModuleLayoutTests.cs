using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

using Xunit;

namespace Tokaify.Tests.Packaging;

/// <summary>
/// The module as the build staged it: each edition's assemblies must find, beside themselves or in the runtime that loads
/// them, all assemblies that they were compiled against, in the same version or a later one.
/// </summary>
public sealed class ModuleLayoutTests
{
    /// <summary>The assemblies of PowerShell itself.</summary>
    private const string PowerShellAssembly = "System.Management.Automation";

    /// <summary>The id of source links in portable symbols.</summary>
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private static readonly Version s_net8 = new(8, 0, 0, 0);

    [Fact]
    public void The_Windows_PowerShell_edition_needs_only_what_it_ships_and_NET_Framework_4_7_2()
    {
        var framework = XDocument.Load(Metadata("NetFrameworkAssemblies")).Root!.Elements("File")
            .ToDictionary(f => f.Attribute("AssemblyName")!.Value, f => Version.Parse(f.Attribute("Version")!.Value));

        Assert.Empty(UnmetNeeds("netstandard2.0", framework));
    }

    [Fact]
    public void The_PowerShell_7_edition_needs_only_what_it_ships_and_NET_8()
    {
        // The tests run on a later .NET, which has the same assemblies under a later version.
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var framework = Directory.EnumerateFiles(folder, "*.dll").ToDictionary(f => Path.GetFileNameWithoutExtension(f), _ => s_net8);

        Assert.Empty(UnmetNeeds("net8.0", framework));
    }

    [Theory]
    [InlineData("netstandard2.0")]
    [InlineData("net8.0")]
    public void No_assembly_is_shipped_twice_in_an_edition(string edition)
    {
        var twice = EditionFiles(edition).GroupBy(Path.GetFileName).Where(g => g.Count() > 1).Select(g => g.Key);

        Assert.Empty(twice);
    }

    [Theory]
    [InlineData("netstandard2.0")]
    [InlineData("net8.0")]
    public void No_assembly_is_bound_to_a_kind_of_processor(string edition)
    {
        foreach (var file in EditionFiles(edition))
        {
            using var image = new PEReader(File.OpenRead(file));
            var bound = image.PEHeaders.CorHeader!.Flags & (CorFlags.ILOnly | CorFlags.Requires32Bit | CorFlags.Prefers32Bit);
            // I386 means any processor if an assembly has no machine code.
            Assert.Equal((file, CorFlags.ILOnly, Machine.I386), (file, bound, image.PEHeaders.CoffHeader.Machine));
        }
    }

    [Fact]
    public void Symbols_in_the_assemblies_of_PowerShell_7_say_where_the_sources_of_the_release_are()
    {
        var own = EditionFiles("net8.0").Where(f => Path.GetFileName(f).StartsWith("Tokaify.", StringComparison.Ordinal)).ToList();

        Assert.Equal(4, own.Count);
        Assert.All(own, file => Assert.Matches(@"""/_/\*"":""https://raw\.githubusercontent\.com/[\w./]+/v\d+\.\d+\.\d+/\*""", SourceLink(file)));
    }

    private static string SourceLink(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var entry = Assert.Single(image.ReadDebugDirectory(), e => e.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
        using var symbols = image.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        var reader = symbols.GetMetadataReader();
        var link = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Single(i => reader.GetGuid(i.Kind) == s_sourceLink);
        return Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value));
    }

    private static List<string> UnmetNeeds(string edition, Dictionary<string, Version> framework)
    {
        var shipped = EditionFiles(edition).Select(ShippedAssembly.Read).ToList();
        var shippedVersions = shipped.ToDictionary(a => a.Name, a => a.Version);

        bool IsMet(AssemblyName need) =>
            need.Name == PowerShellAssembly
            || (shippedVersions.TryGetValue(need.Name!, out var version) && version >= need.Version)
            || (framework.TryGetValue(need.Name!, out version) && version >= need.Version);

        return [.. from assembly in shipped
                   from need in assembly.Needs
                   where !IsMet(need)
                   select $"{assembly.Name} needs {need.Name} {need.Version}"];
    }

    private static string[] EditionFiles(string edition)
    {
        var folder = Path.Combine(Metadata("ModuleFolder"), edition);
        Assert.True(Directory.Exists(folder), $"The module is not in {folder}: run ./build.sh or ./build.ps1 first.");
        return Directory.GetFiles(folder, "*.dll", SearchOption.AllDirectories);
    }

    private static string Metadata(string key) =>
        typeof(ModuleLayoutTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private sealed record ShippedAssembly(string Name, Version Version, IReadOnlyList<AssemblyName> Needs)
    {
        public static ShippedAssembly Read(string file)
        {
            using var image = new PEReader(File.OpenRead(file));
            var metadata = image.GetMetadataReader();
            var name = metadata.GetAssemblyDefinition().GetAssemblyName();
            var needs = metadata.AssemblyReferences.Select(r => metadata.GetAssemblyReference(r).GetAssemblyName());
            return new ShippedAssembly(name.Name!, name.Version!, [.. needs]);
        }
    }
}
