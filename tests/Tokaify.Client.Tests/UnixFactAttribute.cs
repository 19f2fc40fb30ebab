using Xunit;

namespace Tokaify.Tests;

/// <summary>A test of a feature that Windows does not have or does not allow. It is skipped there with its reason.</summary>
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

/// <summary>A test of a feature that only Linux has. It is skipped elsewhere with its reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute(string reason) => Skip = OperatingSystem.IsLinux() ? null : reason;
}
