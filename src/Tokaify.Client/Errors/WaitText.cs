using System.Globalization;

namespace Tokaify;

/// <summary>Until when to wait, as people read it.</summary>
internal static class WaitText
{
    /// <summary>The local time of day, with the date where that is not today.</summary>
    public static string Of(DateTimeOffset moment)
    {
        var local = moment.ToLocalTime();
        var format = local.Date == DateTime.Today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }
}
