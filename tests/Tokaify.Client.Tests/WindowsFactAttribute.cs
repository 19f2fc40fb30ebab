using Xunit;

namespace Tokaify.Tests;

/// <summary>A test of behaviour that only Windows has. It is skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WindowsFactAttribute : FactAttribute
{
    /// <summary>The reason for skipping it elsewhere.</summary>
    public const string Reason = "Tests how Windows itself interprets a name.";

    public WindowsFactAttribute() => Skip = OperatingSystem.IsWindows() ? null : Reason;
}

/// <summary>The same, for each of its rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WindowsTheoryAttribute : TheoryAttribute
{
    public WindowsTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? null : WindowsFactAttribute.Reason;
}
