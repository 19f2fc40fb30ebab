using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>A test that needs a program, and is skipped where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FoundFactAttribute : FactAttribute
{
    public FoundFactAttribute(string program)
    {
        if (Find(program) is null)
        {
            Skip = $"{program} is not installed.";
        }
    }

    /// <summary>The program's path; null where it is not installed.</summary>
    public static string? Find(string program) => Folders()
        .Where(folder => !IsOfWindows(folder))
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);

    // Programs of administrators are not on everybody's path.
    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => folder.Trim('"'))
            .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/usr/local/sbin"]);

    // Windows has programs of its own under the names of others: its convert changes file systems.
    private static bool IsOfWindows(string folder) => OperatingSystem.IsWindows()
        && string.Equals(folder.TrimEnd('\\'), Environment.SystemDirectory, StringComparison.OrdinalIgnoreCase);
}
