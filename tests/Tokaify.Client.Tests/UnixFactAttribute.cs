using Xunit;

namespace Tokaify.Tests;

/// <summary>A test of what Windows does not have, or does not let anybody do: skipped there, and it says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute(string reason) => Skip = OperatingSystem.IsWindows() ? reason : null;
}

/// <summary>The same, for each of its rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute(string reason) => Skip = OperatingSystem.IsWindows() ? reason : null;
}

/// <summary>A test of what Linux alone has: skipped elsewhere, and it says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute(string reason) => Skip = OperatingSystem.IsLinux() ? null : reason;
}
