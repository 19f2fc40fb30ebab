using System.Runtime.CompilerServices;

namespace Tokaify.PowerShell;

/// <summary>Takes two for the same where they are one and the same object, whatever they think of it themselves.</summary>
internal sealed class ByReference : IEqualityComparer<object>
{
    bool IEqualityComparer<object>.Equals(object? x, object? y) => ReferenceEquals(x, y);

    int IEqualityComparer<object>.GetHashCode(object obj) => RuntimeHelpers.GetHashCode(obj);
}
