using System.Globalization;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Resilience;

/// <summary>Which attempts are repeated, when, and for how long. The tests do not wait: they read the requested wait,
/// and then cancel it.</summary>
public sealed class RetryTests
{
    private static readonly RetryOptions s_patient = new() { AttemptTimeout = TimeSpan.FromSeconds(60) };

    [Theory]
    [InlineData(408, TokaifyErrorId.Timeout)]
    [InlineData(409, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(429, TokaifyErrorId.RateLimited)]
    [InlineData(500, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(502, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(503, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(504, TokaifyErrorId.Timeout)]
    [InlineData(520, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(521, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(522, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(523, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(524, TokaifyErrorId.Timeout)]
    [InlineData(529, TokaifyErrorId.ServiceUnavailable)]
    public async Task A_status_that_may_pass_is_tried_again(int status, TokaifyErrorId id)
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(status, ""));
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((id, 2, status), (error.ErrorId, error.Attempts, error.StatusCode));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(300, TokaifyErrorId.BadResponse)]
    [InlineData(302, TokaifyErrorId.BadResponse)]
    [InlineData(400, TokaifyErrorId.InvalidRequest)]
    [InlineData(401, TokaifyErrorId.Unauthorized)]
    [InlineData(402, TokaifyErrorId.QuotaExceeded)]
    [InlineData(403, TokaifyErrorId.Unauthorized)]
    [InlineData(404, TokaifyErrorId.ModelNotFound)]
    [InlineData(405, TokaifyErrorId.InvalidRequest)]
    [InlineData(410, TokaifyErrorId.InvalidRequest)]
    [InlineData(413, TokaifyErrorId.PayloadTooLarge)]
    [InlineData(415, TokaifyErrorId.InvalidRequest)]
    [InlineData(418, TokaifyErrorId.InvalidRequest)]
    [InlineData(422, TokaifyErrorId.InvalidRequest)]
    [InlineData(451, TokaifyErrorId.InvalidRequest)]
    [InlineData(501, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(505, TokaifyErrorId.ServiceUnavailable)]
    [InlineData(525, TokaifyErrorId.ServiceUnavailable)]
    public async Task A_permanent_status_is_not_tried_again(int status, TokaifyErrorId id)
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(status, ""));
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((id, 1, status), (error.ErrorId, error.Attempts, error.StatusCode));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_again()
    {
        Uri nobody;
        await using (var server = new ScriptedServer(_ => null))
        {
            nobody = server.BaseUri;
        }

        using var caller = new ClientCaller(nobody);
        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 2), (error.ErrorId, error.Attempts));
        Assert.Contains(nobody.Authority, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_ends_without_a_response_is_tried_again()
    {
        await using var server = new ScriptedServer(_ => null);
        using var caller = new ClientCaller(server.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.ConnectionFailed, 2, 2), (error.ErrorId, error.Attempts, server.Requests.Count));
    }

    [Fact]
    public async Task An_edit_that_succeeds_after_retries_is_saved_and_the_result_counts_the_attempts()
    {
        var number = 0;
        await using var server = new ScriptedServer(_ => ++number < 3 ? ScriptedResponse.Of(503, "") : ScriptedResponse.Good);
        using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with { MaximumRetryCount = 5 });
        var notices = new List<RetryNotice>();

        var result = await caller.EditAsync(notices.Add);

        Assert.Equal(3, result.Attempts);
        Assert.Equal([1, 2], notices.Select(notice => notice.Attempt));
        Assert.All(notices, notice => Assert.Equal(503, Assert.IsType<TokaifyException>(notice.Reason).StatusCode));
        Assert.Equal(["cat-edited.png"], caller.Folder.Names);
    }

    [Fact]
    public async Task Without_retries_nothing_is_tried_again()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(503, ""));
        using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with { MaximumRetryCount = 0 });

        Assert.Equal((1, 1), ((await caller.FailAsync()).Attempts, server.Requests.Count));
    }

    [Fact]
    public async Task The_wait_that_the_service_asks_for_is_kept_to_the_second() =>
        Assert.Equal(TimeSpan.FromSeconds(77), await FirstDelayAsync(ScriptedResponse.Of(429, "", "Retry-After: 77")));

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    public async Task Any_status_may_ask_for_a_wait(int status) =>
        Assert.Equal(TimeSpan.FromSeconds(5), await FirstDelayAsync(ScriptedResponse.Of(status, "", "Retry-After: 5")));

    [Fact]
    public async Task A_date_counts_from_the_services_own_clock()
    {
        var itsNow = new DateTime(2031, 3, 4, 5, 6, 7, DateTimeKind.Utc);

        Assert.Equal(TimeSpan.FromSeconds(33), await FirstDelayAsync(ScriptedResponse.Of(
            429, "", $"Date: {HttpDate(itsNow)}", $"Retry-After: {HttpDate(itsNow.AddSeconds(33))}")));
    }

    [Fact]
    public async Task A_date_without_the_services_clock_counts_from_ours()
    {
        var delay = await FirstDelayAsync(ScriptedResponse.Of(429, "", $"Retry-After: {HttpDate(DateTime.UtcNow.AddSeconds(60))}"));

        Assert.InRange(delay, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_date_less_than_a_second_away_is_a_second_away()
    {
        using var response = new HttpResponseMessage();
        response.Headers.Date = DateTimeOffset.UnixEpoch;
        response.Headers.RetryAfter = new(DateTimeOffset.UnixEpoch.AddSeconds(0.3));

        Assert.Equal(TimeSpan.FromSeconds(1), ResponseHead.Of(response, Edits.Errors.Text).RetryAfter);
    }

    [Theory]
    [InlineData(429, "Retry-After: 601")]
    [InlineData(429, "Retry-After: 86400")]
    [InlineData(503, "Retry-After: 86400")]
    [InlineData(429, "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT")]
    public async Task If_the_requested_wait_exceeds_the_maximum_there_is_no_retry_and_the_error_says_until_when(int status, string header)
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(status, "", header));
        using var caller = new ClientCaller(server.BaseUri, s_patient);

        var error = await caller.FailAsync();

        Assert.Equal((status, 1, 1), (error.StatusCode, error.Attempts, server.Requests.Count));
        Assert.Contains($"The service asks to wait until {WaitText.Of(error.RetryAt!.Value)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_maximum_wait_is_granted_in_full() =>
        Assert.Equal(TimeSpan.FromSeconds(600), await FirstDelayAsync(ScriptedResponse.Of(429, "", "Retry-After: 600")));

    [Theory]
    [InlineData("Quota exceeded for quota metric 'Generate requests' and limit 'GenerateRequestsPerDayPerProjectPerModel'")]
    [InlineData("You have reached the daily limit of this model.")]
    public async Task A_limit_by_the_day_that_names_no_wait_is_not_tried_again(string message)
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Json(
            429, $$$"""{"error":{"code":429,"message":"{{{message}}}","status":"RESOURCE_EXHAUSTED"}}"""));
        using var caller = new ClientCaller(server.BaseUri, s_patient);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.RateLimited, 1), (error.ErrorId, server.Requests.Count));
        Assert.Null(error.RetryAt);
        Assert.Contains("It is a daily limit", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retry-After: soon")]
    [InlineData("Retry-After: -5")]
    [InlineData("Retry-After: 99999999999999999999")]
    [InlineData("Retry-After: NaN")]
    [InlineData("Retry-After: 1e9")]
    [InlineData("Retry-After: 0")]
    [InlineData("Retry-After: 0, 0")]
    [InlineData("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData("Retry-After: Mon, 01 Jan 0001 00:00:00 GMT")]
    public async Task An_invalid_wait_is_ignored_and_the_usual_one_is_used(string header)
    {
        foreach (var status in new[] { 429, 503 })
        {
            Assert.InRange(
                await FirstDelayAsync(ScriptedResponse.Of(status, "", header)), TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task A_service_that_asks_for_no_wait_gets_no_burst_of_requests()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(429, "", "Retry-After: 0"));
        using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with
        {
            MaximumRetryCount = 6,
            RetryInterval = TimeSpan.FromMilliseconds(4),
            MaximumRetryInterval = TimeSpan.FromMinutes(2),
        });
        var delays = new List<TimeSpan>();

        await Assert.ThrowsAsync<TokaifyException>(() => caller.EditAsync(notice => delays.Add(notice.Delay)));

        // They double from 4 ms; jitter spreads them.
        Assert.All(delays, delay => Assert.True(delay > TimeSpan.Zero));
        Assert.True(delays.Sum(delay => delay.TotalMilliseconds) > 4 * 16, string.Join(" ", delays));
    }

    [Fact]
    public async Task Waits_grow_and_vary()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(503, ""));
        var first = new List<TimeSpan>();
        var last = new List<TimeSpan>();
        for (var run = 0; run < 8; run++)
        {
            var delays = await DelaysAsync(server, retries: 6);
            first.Add(delays[0]);
            last.Add(delays[^1]);
        }

        // From the first to the sixth, they double five times; jitter changes both by less.
        Assert.True(last.Average(delay => delay.TotalSeconds) > 4 * first.Average(delay => delay.TotalSeconds));
        Assert.InRange(first.Distinct().Count(), 2, 8);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_a_timeout_and_tried_again()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Never);
        using var caller = new ClientCaller(
            server.BaseUri, Edits.OneRetry with { AttemptTimeout = TimeSpan.FromMilliseconds(50) });

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.Timeout, 2), (error.ErrorId, error.Attempts));
        Assert.Contains("0.05 seconds", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorAdvice.RaiseTimeout, error.Advice);
    }

    [Fact]
    public async Task Cancelling_an_attempt_ends_it_at_once_and_is_no_failure()
    {
        using var cancellation = new CancellationTokenSource();
        var hasArrived = new TaskCompletionSource();
        await using var server = new ScriptedServer(request =>
        {
            hasArrived.SetResult();
            return ScriptedResponse.Never;
        });
        using var caller = new ClientCaller(server.BaseUri, s_patient);

        var edit = caller.EditAsync(cancellationToken: cancellation.Token);
        await hasArrived.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        Assert.Empty(caller.Folder.Names);
    }

    [Fact]
    public async Task Cancelling_a_wait_ends_it_at_once()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(429, "", "Retry-After: 100"));
        using var caller = new ClientCaller(server.BaseUri, s_patient);
        using var cancellation = new CancellationTokenSource();
        var hasBegun = new TaskCompletionSource();

        var edit = caller.EditAsync(_ => hasBegun.SetResult(), cancellation.Token);
        await hasBegun.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task One_429_delays_every_other_request_of_the_client()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(429, "", "Retry-After: 100"));
        using var caller = new ClientCaller(server.BaseUri, s_patient);
        using var cancellation = new CancellationTokenSource();
        var isHeldBack = new TaskCompletionSource();

        var first = caller.EditAsync(_ => isHeldBack.SetResult(), cancellation.Token);
        await isHeldBack.Task;
        // A request that starts now is not sent: it waits when it returns its task, for at least that time.
        var others = Enumerable.Range(0, 8).Select(_ => caller.EditAsync(cancellationToken: cancellation.Token)).ToList();
        await cancellation.CancelAsync();

        foreach (var edit in others.Prepend(first))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        }

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Held_requests_are_sent_after_the_wait()
    {
        var number = 0;
        await using var server = new ScriptedServer(
            _ => Interlocked.Increment(ref number) == 1 ? ScriptedResponse.Of(429, "", "Retry-After: 1") : ScriptedResponse.Good);
        using var caller = new ClientCaller(server.BaseUri, s_patient);
        var isHeldBack = new TaskCompletionSource();

        var first = caller.EditAsync(_ => isHeldBack.SetResult());
        await isHeldBack.Task;
        var second = caller.EditAsync();

        Assert.Equal([2, 1], (await Task.WhenAll(first, second)).Select(result => result.Attempts));
        Assert.Equal(["cat-edited-2.png", "cat-edited.png"], caller.Folder.Names);
    }

    [Fact]
    public async Task A_429_delays_the_others_even_if_it_is_not_retried_itself()
    {
        await using var server = new ScriptedServer(_ => ScriptedResponse.Of(429, "", "Retry-After: 100"));
        using var caller = new ClientCaller(server.BaseUri, s_patient with { MaximumRetryCount = 0 });
        using var cancellation = new CancellationTokenSource();

        Assert.Equal(1, (await caller.FailAsync()).Attempts);
        var second = caller.EditAsync(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_503_does_not_delay_other_requests()
    {
        var number = 0;
        await using var server = new ScriptedServer(
            _ => Interlocked.Increment(ref number) == 1 ? ScriptedResponse.Of(503, "", "Retry-After: 100") : ScriptedResponse.Good);
        using var caller = new ClientCaller(server.BaseUri, s_patient);
        using var cancellation = new CancellationTokenSource();
        var isWaiting = new TaskCompletionSource();

        var first = caller.EditAsync(_ => isWaiting.SetResult(), cancellation.Token);
        await isWaiting.Task;
        Assert.Equal(1, (await caller.EditAsync()).Attempts);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private static string HttpDate(DateTime utc) => utc.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The wait before the first retry, which is then cancelled.</summary>
    private static async Task<TimeSpan> FirstDelayAsync(ScriptedResponse response)
    {
        await using var server = new ScriptedServer(_ => response);
        using var caller = new ClientCaller(server.BaseUri, s_patient);
        using var cancellation = new CancellationTokenSource();
        var delay = new TaskCompletionSource<TimeSpan>();

        var edit = caller.EditAsync(
            notice =>
            {
                delay.SetResult(notice.Delay);
                cancellation.Cancel();
            },
            cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit);
        return await delay.Task;
    }

    /// <summary>The waits of an edit that never succeeds, in thousandths of their usual length.</summary>
    private static async Task<List<TimeSpan>> DelaysAsync(ScriptedServer server, int retries)
    {
        using var caller = new ClientCaller(server.BaseUri, Edits.OneRetry with
        {
            MaximumRetryCount = retries,
            MaximumRetryInterval = TimeSpan.FromMinutes(2),
        });
        var delays = new List<TimeSpan>();
        await Assert.ThrowsAsync<TokaifyException>(() => caller.EditAsync(notice => delays.Add(notice.Delay)));
        return delays;
    }
}
