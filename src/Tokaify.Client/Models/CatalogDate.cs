using System.Globalization;

namespace Tokaify;

/// <summary>The dates of a catalogue: <c>2026-10-31</c>, or <c>2026-10</c> where a month is allowed.</summary>
internal static class CatalogDate
{
    private const string Day = "yyyy-MM-dd";
    private const string Month = "yyyy-MM";

    /// <summary>Reads a day.</summary>
    public static DateTime? TryDay(string text) => TryParse(text, Day);

    /// <summary>Whether a text is a month or a day.</summary>
    public static bool IsMonthOrDay(string text) => TryParse(text, Day) is not null || TryParse(text, Month) is not null;

    /// <summary>Formats a day as the catalogue writes it.</summary>
    public static string Text(DateTime day) => day.ToString(Day, CultureInfo.InvariantCulture);

    private static DateTime? TryParse(string text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
