using System.Runtime.CompilerServices;

namespace Tokaify.PowerShell;

/// <summary>Reference equality, for types that override <see cref="object.Equals(object)"/>.</summary>
internal sealed class ByReference : IEqualityComparer<object>
{
    bool IEqualityComparer<object>.Equals(object? x, object? y) => ReferenceEquals(x, y);

    int IEqualityComparer<object>.GetHashCode(object obj) => RuntimeHelpers.GetHashCode(obj);
}
