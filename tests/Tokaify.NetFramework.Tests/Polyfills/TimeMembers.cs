namespace Tokaify.Tests;

/// <summary>Members of times that .NET Framework lacks, as far as the tests use them.</summary>
internal static class TimeMembers
{
    extension(DateTime)
    {
        public static DateTime UnixEpoch => new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    }

    extension(TimeSpan)
    {
        public static double operator /(TimeSpan time, TimeSpan divisor) => (double)time.Ticks / divisor.Ticks;

        public static TimeSpan operator /(TimeSpan time, double divisor) => TimeSpan.FromTicks((long)(time.Ticks / divisor));

        public static TimeSpan operator *(double factor, TimeSpan time) => TimeSpan.FromTicks((long)(factor * time.Ticks));
    }
}

/// <summary>In a separate class, because a class cannot have two static properties of one name.</summary>
internal static class OffsetMembers
{
    extension(DateTimeOffset)
    {
        public static DateTimeOffset UnixEpoch => new(DateTime.UnixEpoch);
    }
}
