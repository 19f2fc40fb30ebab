using System.Globalization;

namespace Tokaify.Emulation;

/// <summary>What a relay names a request by: the time to 100 ns, and eight digits that no other request of that moment
/// is likely to get.</summary>
internal static class RequestId
{
    public static string New() =>
        string.Format(CultureInfo.InvariantCulture, "{0:yyyyMMddHHmmssfffffff}{1:x8}", DateTime.UtcNow, Guid.NewGuid().GetHashCode());
}
