using System.Globalization;

namespace Tokaify;

/// <summary>The end of a wait, as a text.</summary>
internal static class WaitText
{
    /// <summary>The local time of day, with the date if that is not today.</summary>
    public static string Of(DateTimeOffset moment)
    {
        var local = moment.ToLocalTime();
        var format = local.Date == DateTime.Today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }
}
