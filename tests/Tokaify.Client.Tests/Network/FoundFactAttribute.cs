using Xunit;

namespace Tokaify.Tests.Network;

/// <summary>A test that needs a program. It is skipped if the program is not installed.</summary>
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

    /// <summary>The program's path; null if it is not installed.</summary>
    public static string? Find(string program) => Folders()
        .Where(folder => !IsOfWindows(folder))
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);

    // Programs for administrators are not on every user's path.
    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => folder.Trim('"'))
            .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/usr/local/sbin"]);

    // Windows has its own programs with the names of others: its convert changes file systems.
    private static bool IsOfWindows(string folder) => OperatingSystem.IsWindows()
        && string.Equals(folder.TrimEnd('\\'), Environment.SystemDirectory, StringComparison.OrdinalIgnoreCase);
}
