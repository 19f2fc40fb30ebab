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
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
        .FirstOrDefault(File.Exists);

    // Programs of administrators are not on everybody's path.
    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/usr/local/sbin"]);
}
