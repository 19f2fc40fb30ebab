using System.Text;
using Xunit;

namespace Tokaify.Tests.Faults;

/// <summary>The kind of a service's error: by its code first, then by a known phrase, then by the status. Each row is a case.</summary>
public sealed class ErrorKindTests
{
    private const string Transient = "transient";
    private const string Final = "final";
    private const string Daily = "transient daily";

    private static readonly Dictionary<string, Row> s_rows = new()
    {
        // Codes of the relay itself: certain.
        ["no quota of the user"] = new(403, Relay("insufficient_user_quota", "用户额度不足"), TokaifyErrorId.QuotaExceeded, Final),
        ["no quota of the user, with status 429"] = new(429, Relay("insufficient_user_quota", "x"), TokaifyErrorId.QuotaExceeded, Final),
        ["no quota of the user, with status 503"] = new(503, Relay("insufficient_user_quota", "x"), TokaifyErrorId.QuotaExceeded, Final),
        ["no quota of the user, with status 200"] = new(200, Relay("insufficient_user_quota", "x"), TokaifyErrorId.QuotaExceeded, Final),
        ["no quota of the token"] = new(403, Relay("pre_consume_token_quota_failed", "token quota is not enough"), TokaifyErrorId.QuotaExceeded, Final),
        ["the token's quota is exhausted"] = new(403, Relay("token_quota_exhausted", "x"), TokaifyErrorId.QuotaExceeded, Final),
        ["an invalid token"] = new(401, Relay("invalid_token", "Invalid token"), TokaifyErrorId.Unauthorized, Final),
        ["an invalid token, with status 500"] = new(500, Relay("invalid_token", "Invalid token"), TokaifyErrorId.Unauthorized, Final),
        ["an expired token"] = new(401, Relay("token_expired", "x"), TokaifyErrorId.Unauthorized, Final),
        ["a banned user"] = new(403, Relay("user_banned", "x"), TokaifyErrorId.Unauthorized, Final),
        ["a code in capitals"] = new(401, """{"success":false,"code":"AUTH_USER_DISABLED","message":"x"}""", TokaifyErrorId.Unauthorized, Final),
        ["a type in place of a code"] = new(403, """{"error":{"message":"x","type":"insufficient_user_quota"}}""", TokaifyErrorId.QuotaExceeded, Final),

        // Codes of services behind the relay: the next channel may respond differently.
        ["OpenAI's quota"] = new(429, Relay("insufficient_quota", "You exceeded your current quota"), TokaifyErrorId.QuotaExceeded),
        ["an inactive billing"] = new(429, Relay("billing_not_active", "x"), TokaifyErrorId.QuotaExceeded),
        ["OpenAI's invalid key"] = new(401, Relay("invalid_api_key", "x"), TokaifyErrorId.Unauthorized),
        ["access denied"] = new(403, Relay("access_denied", "您的 IP 不在令牌允许访问的列表中"), TokaifyErrorId.Unauthorized),
        ["Google's invalid key"] = new(400, """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}""", TokaifyErrorId.Unauthorized),
        ["Google's reason for an invalid key"] = new(400, """{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT","details":[{"@type":"x"},{"reason":"API_KEY_INVALID"}]}}""", TokaifyErrorId.Unauthorized),
        ["a channel's invalid key"] = new(500, Relay("channel:invalid_key", "x"), TokaifyErrorId.ServiceUnavailable, Transient),
        ["no such model"] = new(404, Relay("model_not_found", "x"), TokaifyErrorId.ModelNotFound),
        ["no channel for a model"] = new(503, Relay("model_not_found", "No available channel for model x under group default (distributor)"), TokaifyErrorId.ModelNotFound, Transient),

        // Limits by time.
        ["a rate limit"] = new(429, Relay("rate_limit_exceeded", "x"), TokaifyErrorId.RateLimited, Transient),
        ["a rate limit, with status 400"] = new(400, Relay("rate_limit_exceeded", "x"), TokaifyErrorId.RateLimited, Transient),
        ["a rate limit, with status 200"] = new(200, """{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"}}""", TokaifyErrorId.RateLimited, Transient),
        ["Google's limit by the minute"] = new(429, Google("Quota exceeded for quota metric 'Generate requests per minute'.", "GenerateRequestsPerMinutePerProjectPerModel"), TokaifyErrorId.RateLimited, Transient),
        ["Google's limit by the day"] = new(429, Google("You exceeded your current quota, please check your plan and billing details.", "GenerateRequestsPerDayPerProjectPerModel-FreeTier"), TokaifyErrorId.RateLimited, Daily),
        ["Google's limits by the day and by the minute"] = new(429, """{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel"},{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]}]}}""", TokaifyErrorId.RateLimited, Daily),
        ["Google's limit by the day, in a relay's message"] = new(429, Relay("upstream_error", "Quota exceeded, quotaId: GenerateRequestsPerDayPerProjectPerModel-FreeTier"), TokaifyErrorId.RateLimited, Daily),
        ["Google's exhausted resource"] = new(429, Google("Resource has been exhausted (e.g. check quota).", null), TokaifyErrorId.RateLimited, Transient),
        ["429 and a page"] = new(429, "<html><title>Slow down</title></html>", TokaifyErrorId.RateLimited, Transient),

        // Phrases, if there is no code.
        ["the phrase of the user's quota"] = new(403, Relay("", "user quota is not enough"), TokaifyErrorId.QuotaExceeded),
        ["the phrase of the token's quota, in Chinese"] = new(401, Relay("", "该令牌额度已用尽 (request id: 2026)"), TokaifyErrorId.QuotaExceeded),
        ["the phrase of a failed pre-charge, in Chinese"] = new(403, Relay("", "预扣费额度失败, 用户剩余额度: $0.01, 需要预扣费额度: $0.04"), TokaifyErrorId.QuotaExceeded),
        ["the phrase of a balance"] = new(402, """{"message":"Insufficient balance"}""", TokaifyErrorId.QuotaExceeded),
        ["the phrase of a balance, with status 429"] = new(429, """{"error":{"code":"1113","message":"Insufficient account balance"}}""", TokaifyErrorId.QuotaExceeded),
        ["the phrase of the current quota, with status 403"] = new(403, """{"message":"You exceeded your current quota"}""", TokaifyErrorId.QuotaExceeded),
        ["the phrase of the current quota, with status 429"] = new(429, """{"message":"You exceeded your current quota"}""", TokaifyErrorId.RateLimited, Transient),

        // Words without a meaning for the kind of error.
        ["a load balancer"] = new(503, "no healthy upstream in load balancer", TokaifyErrorId.ServiceUnavailable, Transient),
        ["a load balancer, in JSON"] = new(503, """{"error":{"message":"load balancer: quota of retries used up, insufficient balance of nodes"}}""", TokaifyErrorId.ServiceUnavailable, Transient),
        ["the white balance"] = new(400, """{"error":{"code":400,"message":"Cannot fix the white balance of this image","status":"INVALID_ARGUMENT"}}""", TokaifyErrorId.InvalidRequest),
        ["a prompt about money"] = new(400, """{"error":{"message":"Invalid prompt: a sign that says insufficient balance, invalid rate, billing and quota","type":"new_api_error","code":"invalid_request"}}""", TokaifyErrorId.InvalidRequest),
        ["a prompt about money, quoted"] = new(403, """{"error":{"message":"The prompt \"a sign that says insufficient balance\" is not allowed"}}""", TokaifyErrorId.Unauthorized),
        ["a prompt about money, quoted with status 200"] = new(200, """{"error":{"message":"The prompt 'a sign that says out of credits' is not allowed"}}""", TokaifyErrorId.BadResponse),
        ["a prompt about a token"] = new(400, """{"error":{"message":"A game's invalid_token cannot be drawn"}}""", TokaifyErrorId.InvalidRequest),
        ["a billing address"] = new(500, """{"error":{"message":"billing service timed out"}}""", TokaifyErrorId.ServiceUnavailable, Transient),
        ["a quota service in trouble"] = new(500, """{"error":{"message":"get user quota failed","code":"query_data_error"}}""", TokaifyErrorId.ServiceUnavailable, Transient),
        ["a day in a prompt"] = new(429, """{"error":{"message":"Too many requests for \"an apple per day\""}}""", TokaifyErrorId.RateLimited, Transient),
        ["a model in a prompt"] = new(400, """{"error":{"message":"model_not_found is no subject"}}""", TokaifyErrorId.InvalidRequest),
        ["a long page of words"] = new(503, new string('x', 100_000) + " insufficient balance", TokaifyErrorId.ServiceUnavailable, Transient),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_error_is_read_from_its_code_then_a_known_phrase_then_the_status(string name)
    {
        var row = s_rows[name];
        var head = new ResponseHead(row.Status, RequestId: null, RetryAfter: null);
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(row.Body));

        var error = await ErrorReader.ReadAsync(body, head, Edits.Errors.Text, CancellationToken.None, CancellationToken.None);

        Assert.Equal(row.Id, error.ErrorId);
        Assert.Equal(
            row.Traits,
            string.Join(" ", new[]
            {
                error.IsTransient ? "transient" : null,
                error.IsFinalForAccount ? "final" : null,
                error.IsDailyLimit ? "daily" : null,
            }.OfType<string>()));
    }

    private static string Relay(string code, string message) =>
        $$$"""{"error":{"message":"{{{message}}}","type":"new_api_error","param":"","code":"{{{code}}}"}}""";

    private static string Google(string message, string? quotaId) =>
        $$$"""{"error":{"code":429,"message":"{{{message}}}","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaMetric":"m","quotaId":"{{{quotaId}}}"}]}]}}""";

    private sealed record Row(int Status, string Body, TokaifyErrorId Id, string Traits = "");
}
