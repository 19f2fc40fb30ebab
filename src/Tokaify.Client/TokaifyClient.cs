using System.Diagnostics;
using Tokaify.Resilience;

namespace Tokaify;

/// <summary>The relay's client. It can run any number of edits at the same time. Its connections stay open until it is disposed of, and are
/// shared with other clients of the same route.</summary>
public sealed class TokaifyClient : IDisposable
{
    private readonly TokaifyConnection _connection;
    private readonly TokaifyClientOptions _options;
    private readonly HttpLease _lease;
    private readonly RelayExchange _exchange;
    private readonly ModelHints _hints;
    private readonly RetryPipeline _retries;
    private readonly TokaifyErrors _errors;
    private readonly ImageDelivery _delivery;
    private readonly MemoryBudget _memory = MemoryBudget.ForCommand();

    /// <summary>Creates a client.</summary>
    /// <param name="connection">The relay's address, and the key.</param>
    /// <param name="options">Retries and limits; null for the defaults.</param>
    /// <exception cref="TokaifyException">The connection cannot be used; see <see cref="TokaifyConnection.Validate"/>.</exception>
    public TokaifyClient(TokaifyConnection connection, TokaifyClientOptions? options = null)
    {
        connection.Validate();
        _connection = connection;
        _options = options ?? new TokaifyClientOptions();
        _options.Journal?.OnNotice = _options.OnNotice;
        _retries = new RetryPipeline(_options.Retry, AttemptAdvice.For);
        _errors = new TokaifyErrors(TextSanitizer.For(connection));
        _lease = HttpTransport.Rent(connection);
        _exchange = new RelayExchange(_lease.Http, connection, _options.UserAgent, _errors);
        _hints = new ModelHints(ListSomeModelsAsync, _options.Catalog);
        _delivery = new ImageDelivery(_options, LinksOf(connection), failure => _retries.End(failure));
    }

    /// <summary>Compiles the code of a process's first edit in the background, while the caller does other things. It sends nothing. Only
    /// the first call in a process has an effect, and only on .NET.</summary>
    public static void WarmUp()
    {
#if NET
        Tokaify.WarmUp.Begin();
#endif
    }

    /// <summary>Closes its connections, unless another client or <see cref="OpenConnections"/> uses them.</summary>
    public void Dispose() => _lease.Dispose();

    /// <summary>Sends one edit, with its retries, and saves the images of the response.</summary>
    /// <param name="edit">The request, and where its images are saved.</param>
    /// <param name="onRetry">Called for each retry before its wait, on any thread.</param>
    /// <param name="cancellationToken">Ends it. No incomplete file is left.</param>
    /// <exception cref="TokaifyException">It failed; <see cref="TokaifyException.ErrorId"/> says how.</exception>
    public Task<ImageEditResult> EditAsync(
        ImageEdit edit, Action<RetryNotice>? onRetry = null, CancellationToken cancellationToken = default) =>
        _options.Journal is { } journal
            ? RecordAsync(edit, journal, onRetry, cancellationToken)
            : EditAsync(edit, record: null, onRetry, cancellationToken);

    private async Task<ImageEditResult> RecordAsync(
        ImageEdit edit, JournalWriter journal, Action<RetryNotice>? onRetry, CancellationToken cancellationToken)
    {
        using var record = new EditRecord(journal, edit, cancellationToken);
        try
        {
            if (await record.BeginAsync().ConfigureAwait(false) is { } done)
            {
                return done;
            }

            var result = await EditAsync(edit, record, onRetry, cancellationToken).ConfigureAwait(false);
            await record.EndAsync(result).ConfigureAwait(false);
            return result;
        }
        catch (TokaifyException exception)
        {
            exception.Subject = edit.Label;
            exception.WordAdvice(_options.WordAdvice);
            await record.EndAsync(exception).ConfigureAwait(false);
            throw;
        }
        catch
        {
            await record.StopAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ImageEditResult> EditAsync(
        ImageEdit edit, EditRecord? record, Action<RetryNotice>? onRetry, CancellationToken cancellationToken)
    {
        edit.Request.Validate();
        var clock = Stopwatch.StartNew();
        using var turn = edit.Conversation?.Begin();
        var request = (turn?.Continue(edit.Request) ?? edit.Request).WithSentImages();
        record?.Digests = SentDigests.Of(edit, request);
        var sending = new Sending(
            edit,
            new Upload(RequestBody.For(request)),
            new EditCost(edit.Request.Model, RequestPrice.Of(edit.Request), _options.Budget),
            new ReadingOptions { KeepsParts = turn is not null, Memory = _memory, Stop = cancellationToken });
        var requests = record?.Requests ?? [];
        try
        {
            var outcome = await RequestImageAsync(
                requests, record, sending.Cost, SendAndSaveAsync, onRetry, GroupOf(edit), cancellationToken).ConfigureAwait(false);
            var saved = outcome.Result ?? await _delivery.FetchAndSaveAsync(
                edit, outcome.Linked!, turn, record, onRetry, cancellationToken).ConfigureAwait(false);
            var charge = Charge.Sum(requests);
            var result = saved with
            {
                Duration = clock.Elapsed,
                Attempts = requests.Count,
                Requests = requests,
                Cost = charge?.Amount,
                Currency = charge?.Currency,
                CostIsListPrice = charge?.IsListPrice == true,
            };
            result.Error?.Requests = result.Requests;
            result.Error?.Subject = edit.Label;
            result.Error?.WordAdvice(_options.WordAdvice);
            return result;
        }
        catch (TokaifyException exception)
        {
            exception.Subject = edit.Label;
            exception.WordAdvice(_options.WordAdvice);
            exception.Requests = new SentRequests(requests);
            exception.Charge = Charge.Sum(requests);
            if (exception.ErrorId == TokaifyErrorId.ModelNotFound)
            {
                exception.Hint = _hints.ReplacementOf(edit.Request.Model);
            }

            throw;
        }

        // A failure to save fails within the attempt, so that no more edits are requested while saving fails. Linked images are fetched
        // after the attempt: the service has done its work, and a retry of the request would be paid for again.
        async Task<Outcome> SendAndSaveAsync(SentRequest request, CancellationToken token)
        {
            var response = await AttemptAsync(
                request, (sent, limit) => SendAsync(sending, sent, limit), token, cancellationToken).ConfigureAwait(false);
            if (response.IsLinked)
            {
                return new Outcome(Result: null, response);
            }

            using (response)
            {
                return new Outcome(_delivery.Save(edit, response, turn), Linked: null);
            }
        }
    }

    // If a response has no image, the request is repeated as often as the user wants. Each repetition is a new request with its own
    // retries.
    private async Task<Outcome> RequestImageAsync(
        List<SentRequest> requests,
        EditRecord? record,
        EditCost cost,
        Func<SentRequest, CancellationToken, Task<Outcome>> attempt,
        Action<RetryNotice>? onRetry,
        string group,
        CancellationToken cancellationToken)
    {
        TokaifyException? failure = null;
        for (var repetitions = 0; ; repetitions++)
        {
            try
            {
                return await RetryAsync(requests, record, cost, attempt, onRetry, group, cancellationToken).ConfigureAwait(false);
            }
            catch (TokaifyException exception) when (
                exception.ErrorId == TokaifyErrorId.NoImageReturned && repetitions < _options.NoImageRetryCount)
            {
                failure = exception;
                onRetry?.Invoke(new RetryNotice(requests.Count, TimeSpan.Zero, exception));
            }
            catch (AttemptRefusedException) when (failure is not null)
            {
                throw failure;
            }
        }
    }

    /// <summary>The group of edits that share the cooldown and the rate limit of one model.</summary>
    internal static string GroupOf(ImageEdit edit) => ModelCatalog.BareName(edit.Request.Model);

    /// <summary>The retry pipeline that all its edits share.</summary>
    internal RetryPipeline Pipeline => _retries;

    /// <summary>Gets the relay's list of models, of every kind, with retries as for an edit.</summary>
    /// <param name="onRetry">Called for each retry before its wait, on any thread.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Their names, without the prefix <c>models/</c>, in the relay's order.</returns>
    /// <exception cref="TokaifyException">It failed; <see cref="TokaifyException.ErrorId"/> says how.</exception>
    public Task<IReadOnlyList<string>> ListModelsAsync(Action<RetryNotice>? onRetry = null, CancellationToken cancellationToken = default) =>
        RelayModels.ListAsync(path => GetPageAsync(path, onRetry, cancellationToken));

    /// <summary>Adds the relay's models to an error about a missing model. The relay is asked once, even if this is called for many
    /// errors.</summary>
    /// <param name="failure">The error, with <see cref="TokaifyErrorId.ModelNotFound"/>; other errors are not changed.</param>
    /// <param name="model">The model.</param>
    /// <param name="requests">The number of requests that may be sent for it, at most 2; 0 to send none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ExplainAsync(
        TokaifyException failure, string model, int requests = RelayModels.Addresses, CancellationToken cancellationToken = default)
    {
        if (failure.ErrorId == TokaifyErrorId.ModelNotFound)
        {
            failure.Hint = await _hints.OfAsync(model, requests, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ModelPage> GetPageAsync(string path, Action<RetryNotice>? onRetry, CancellationToken cancellationToken)
    {
        var requests = new List<SentRequest>();
        try
        {
            return await RetryAsync(
                requests,
                record: null,
                cost: null,
                (request, token) => AttemptAsync(
                    request, (sent, limit) => GetPageOnceAsync(path, sent, limit, cancellationToken), token, cancellationToken),
                onRetry,
                group: "",
                cancellationToken).ConfigureAwait(false);
        }
        catch (TokaifyException exception)
        {
            exception.WordAdvice(_options.WordAdvice);
            exception.Requests = new SentRequests(requests);
            throw;
        }
    }

    private async Task<ModelPage> GetPageOnceAsync(string path, SentRequest sent, CancellationToken token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _connection.Endpoint(path));
        return await _exchange.RunAsync(
            request, sent, (body, head, limit) => ModelPage.ReadAsync(body, head, _errors, limit), token, cancellationToken).ConfigureAwait(false);
    }

    // Requests only the first page, and without retries, because the list only explains an error.
    private Task<IReadOnlyList<string>> ListSomeModelsAsync(int requests, CancellationToken cancellationToken) => RelayModels.ListAsync(
        async path => await GetPageOnceAsync(path, new SentRequest(), cancellationToken, cancellationToken).ConfigureAwait(false) with
        {
            NextPageToken = null,
        },
        requests);

    private async Task<T> RetryAsync<T>(
        List<SentRequest> requests,
        EditRecord? record,
        EditCost? cost,
        Func<SentRequest, CancellationToken, Task<T>> attempt,
        Action<RetryNotice>? onRetry,
        string group,
        CancellationToken cancellationToken)
    {
        try
        {
            return await _retries.ExecuteAsync(
                (_, token) => attempt(requests[requests.Count - 1], token),
                onRetry is null ? null : Notify,
                cancellationToken,
                group,
                _ => BeginRequestAsync(requests, record, cost)).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw TokaifyErrors.Timeout(exception);
        }

        void Notify(RetryNotice retry)
        {
            (retry.Reason as TokaifyException)?.WordAdvice(_options.WordAdvice);
            // The pipeline does not count every request as an attempt.
            onRetry(retry with { Attempt = requests.Count });
        }
    }

    // Called right before a request is sent: takes its cost from the budget, and writes it to the journal.
    private async Task BeginRequestAsync(List<SentRequest> requests, EditRecord? record, EditCost? cost)
    {
        var request = Begin(cost);
        if (record is null)
        {
            requests.Add(request);
            return;
        }

        try
        {
            await record.SendAsync(request).ConfigureAwait(false);
        }
        catch
        {
            cost?.Cancel(request);
            throw;
        }
    }

    private SentRequest Begin(EditCost? cost)
    {
        try
        {
            return cost?.Begin() ?? new SentRequest();
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.BudgetReached && _retries.End(exception))
        {
            throw new AttemptRefusedException();
        }
    }

    // Records how an attempt ends. If the user stops it, its end is unknown.
    private async Task<T> AttemptAsync<T>(
        SentRequest request, Func<SentRequest, CancellationToken, Task<T>> send, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await send(request, limit).ConfigureAwait(false);
        }
        catch (TokaifyException exception)
        {
            request.Fail(exception);
            throw;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            request.Fail(TokaifyErrorId.Timeout);
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var failure = _errors.Unexpected(exception);
            request.Fail(failure);
            throw failure;
        }
    }

    private async Task<GenerateContentResponse> SendAsync(Sending sending, SentRequest sent, CancellationToken cancellationToken)
    {
        var (edit, upload, cost, _) = sending;
        var model = Uri.EscapeDataString(ModelCatalog.BareName(edit.Request.Model));
        var isWhole = false;
        using var content = new RequestContent(upload.Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, _connection.Endpoint($"v1beta/models/{model}:generateContent"));
        request.Content = content;
        request.Headers.ExpectContinue = upload.ExpectsContinue;
        try
        {
            return await _exchange.RunAsync(
                request,
                sent,
                async (body, head, token) =>
                {
                    var response = await ReadAsync(sending, body, head, token).ConfigureAwait(false);
                    isWhole = true;
                    cost.Receive(sent, response);
                    return EnsureImages(response, head);
                },
                cancellationToken,
                sending.Reading.Stop).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (!isWhole)
            {
                cost.Fail(sent, exception as TokaifyException, content.IsSent && !UploadLostException.IsCauseOf(exception));
            }

            if (content.SourceError is not null)
            {
                throw content.SourceError;
            }

            if (exception is TokaifyException { StatusCode: ErrorKind.ExpectationFailed })
            {
                upload.OnExpectationFailed();
            }
            else if (content.HasBegun && sent.StatusCode is null && !(content.IsSent && exception is OperationCanceledException))
            {
                // If the relay has the whole body and is only slow, it would be slow again, and asking first would cost time.
                upload.OnLost();
            }

            throw;
        }
    }

    private Task<GenerateContentResponse> ReadAsync(
        Sending sending, Stream body, ResponseHead head, CancellationToken cancellationToken) => ResponseReader.ReadAsync(
            body,
            head,
            () => _delivery.Begin(sending.Edit),
            _errors,
            cancellationToken,
            sending.Reading);

    private LinkedImages LinksOf(TokaifyConnection connection) => new(
        new LinkFetcher(
            new LinkTransport(_lease.Http, connection, _options.LinkNetwork),
            new LinkRules(connection.BaseUri, _errors.Text),
            _errors,
            _options.MaximumImageLength),
        _options.Retry,
        _errors);

    private static GenerateContentResponse EnsureImages(GenerateContentResponse response, ResponseHead head)
    {
        if (response.ImageCount > 0)
        {
            return response;
        }

        using (response)
        {
            throw response.Error is { } error && response.FinishReason is null && response.BlockReason is null
                ? TokaifyErrors.FromService(error, response.Beginning, head)
                : TokaifyErrors.NoImage(response, head);
        }
    }

    /// <summary>Whether an image of an edit may replace a file. A file that a later edit may need is never replaced.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="path">The file's full path.</param>
    public static bool MayReplace(ImageEdit edit, string path) => ReplacePolicy.IsReplaceable(edit, path);

    /// <summary>The result of an attempt.</summary>
    /// <param name="Result">The result; null if the images are still to be fetched.</param>
    /// <param name="Linked">The response whose images came as links; null if they did not.</param>
    private sealed record Outcome(ImageEditResult? Result, GenerateContentResponse? Linked);

    /// <summary>An edit and the objects that its attempts share.</summary>
    /// <param name="Edit">The edit.</param>
    /// <param name="Upload">The request body.</param>
    /// <param name="Cost">The cost of its requests.</param>
    /// <param name="Reading">How the response is read.</param>
    private sealed record Sending(ImageEdit Edit, Upload Upload, EditCost Cost, ReadingOptions Reading);
}
