using System.Globalization;

namespace Tokaify.Emulation;

/// <summary>Creates ids in the relay's form: the time in units of 100 ns, and eight random digits.</summary>
internal static class RequestId
{
    public static string New() =>
        string.Format(CultureInfo.InvariantCulture, "{0:yyyyMMddHHmmssfffffff}{1:x8}", DateTime.UtcNow, Guid.NewGuid().GetHashCode());
}
