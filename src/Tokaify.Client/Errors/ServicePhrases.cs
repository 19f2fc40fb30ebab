using System.Text.RegularExpressions;

namespace Tokaify;

/// <summary>The phrases that services use instead of a code. A single word, such as "balance", is not enough, because a service may quote a
/// prompt.</summary>
internal static class ServicePhrases
{
    // Only this many characters of a message are searched for phrases: messages with such phrases have one line, not a page.
    private const int Longest = 4096;

    private static readonly Regex s_quotations = new(
        "\"[^\"]*\"|\u201C[^\u201D]*\u201D|\u300C[^\u300D]*\u300D|\u00AB[^\u00BB]*\u00BB|`[^`]*`|(?<!\\w)['\u2018][^'\u2019]*['\u2019](?!\\w)",
        RegexOptions.CultureInvariant);

    private static readonly string[] s_noBalance =
    [
        "quota is not enough", "quota not enough", "insufficient quota", "insufficient user quota", "quota is insufficient", "insufficient balance", "insufficient account balance",
        "balance is insufficient", "balance is not enough", "balance not enough", "not enough balance", "balance is too low", "balance too low",
        "insufficient credit", "not enough credit", "out of credits", "credit limit is insufficient", "insufficient funds", "quota exhausted",
        "quota has been exhausted", "quota is used up", "billing is not active", "billing hard limit",
        // New API and One API in Chinese: quota insufficient, balance insufficient, quota used up, pre-charge failed, share insufficient.
        "\u989D\u5EA6\u4E0D\u8DB3", "\u4F59\u989D\u4E0D\u8DB3", "\u989D\u5EA6\u5DF2\u7528\u5C3D", "\u9884\u6263\u8D39\u989D\u5EA6\u5931\u8D25", "\u914D\u989D\u4E0D\u8DB3",
    ];

    private static readonly string[] s_quotaUsedUp = ["exceeded your current quota", "quota exceeded", "exceeded your quota"];

    private static readonly string[] s_keyNotValid = ["API key not valid", "API key expired", "API key is invalid", "invalid API key"];

    private static readonly string[] s_days = ["PerDay", "per_day", "per day", "daily limit", "daily quota", "daily_limit", "daily_quota"];

    /// <summary>Returns the meaning of a message for the account.</summary>
    /// <param name="status">The HTTP status; if that was a success, the status inside the response, if any.</param>
    /// <param name="message">The service's message.</param>
    public static ServiceMeaning MeaningOf(int status, string? message)
    {
        if (message is null || !MayConcernAccount(status))
        {
            return ServiceMeaning.Unknown;
        }

        var words = WithoutQuotations(message);
        return
            ContainsAny(words, s_keyNotValid) ? ServiceMeaning.NoAccess
            // With 400, words about money may come from the rejected prompt.
            : status == 400 ? ServiceMeaning.Unknown
            : ContainsAny(words, s_noBalance) ? ServiceMeaning.NoBalance
            : ContainsAny(words, s_quotaUsedUp) ? ServiceMeaning.QuotaUsedUp
            : ServiceMeaning.Unknown;
    }

    /// <summary>Whether an error names a daily limit, as <c>GenerateRequestsPerDayPerProjectPerModel</c> does.</summary>
    public static bool NamesDailyLimit(ServiceError? error) =>
        error is not null
        && (NamesDailyLimit(error.QuotaId) || NamesDailyLimit(error.Code)
            || (error.Message is { } message && (HasDailyLimitName(message) || NamesDailyLimit(WithoutQuotations(message)))));

    // Upstream puts the names of its limits into quotation marks: limit 'GenerateRequestsPerDayPerProjectPerModel'.
    private static bool HasDailyLimitName(string message) => message.IndexOf("PerDay", StringComparison.Ordinal) >= 0;

    /// <summary>Whether a text names a daily limit.</summary>
    public static bool NamesDailyLimit(string? text) => ContainsAny(text, s_days);

    // With any other status code, the message is about the server, not about the account.
    private static bool MayConcernAccount(int status) => status is < 400 or 400 or 401 or 402 or 403 or 429;

    private static string WithoutQuotations(string message) =>
        s_quotations.Replace(message.Length <= Longest ? message : message.Substring(0, Longest), " ");

    private static bool ContainsAny(string? text, string[] phrases) =>
        text is not null && phrases.Any(phrase => text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase) >= 0);
}
