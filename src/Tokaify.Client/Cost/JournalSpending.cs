using System.Text.Json;

namespace Tokaify;

/// <summary>The spending according to a journal: the costs of all ended requests, and the estimates of requests whose end is
/// unknown.</summary>
/// <remarks>The journal is read line by line. Only the requests without an end and the lines of the recovery file are kept in
/// memory.</remarks>
public sealed class JournalSpending
{
    private readonly Dictionary<string, Charge> _sent = [];
    private readonly SortedDictionary<string, decimal> _amounts = new(StringComparer.Ordinal);
    private readonly ModelCatalog _catalog;

    private JournalSpending(ModelCatalog catalog) => _catalog = catalog;

    /// <summary>The amounts, by currency.</summary>
    public IReadOnlyDictionary<string, decimal> Amounts => _amounts;

    /// <summary>Reads a journal; if it does not exist, nothing was spent.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if it cannot be read, or if a line has no cost and
    /// the catalogue has no price for its model.</exception>
    public static JournalSpending Read(string path) => Read(path, ModelCatalog.Current);

    /// <summary>The same, with the prices of another catalogue.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="catalog">The catalogue.</param>
    /// <param name="betweenFiles">Called after the recovery file is read and before the journal is; for tests.</param>
    internal static JournalSpending Read(string path, ModelCatalog catalog, Action? betweenFiles = null)
    {
        var spending = new JournalSpending(catalog);
        var paths = new JournalPaths(path);
        try
        {
            // Another process may move the lines of the recovery file into the journal, so that file is read first. Lines that are in both
            // count once.
            var recovered = new List<byte[]>();
            ReadIfPresent(paths.Recovery, line => recovered.Add(line.ToArray()));
            betweenFiles?.Invoke();
            var missing = new HashSet<string>(recovered.Select(line => Convert.ToBase64String(line)), StringComparer.Ordinal);
            ReadIfPresent(paths.Journal, line =>
            {
                if (missing.Count > 0)
                {
                    missing.Remove(Convert.ToBase64String(line.ToArray()));
                }

                spending.Count(line, paths.Journal);
            });
            foreach (var line in recovered.Where(line => missing.Remove(Convert.ToBase64String(line))))
            {
                spending.Count(line, paths.Recovery!);
            }
        }
        catch (Exception exception) when (ImageFolder.IsFileError(exception) || exception is InvalidDataException)
        {
            throw new TokaifyException(
                TokaifyErrorId.InvalidArgument, $"The journal '{path}' cannot be read: {exception.Message.TrimEnd('.')}.", exception);
        }

        foreach (var charge in spending._sent.Values)
        {
            spending.Add(charge);
        }

        return spending;
    }

    private static void ReadIfPresent(string? path, Action<ReadOnlyMemory<byte>> add)
    {
        try
        {
            if (path is not null && File.Exists(path))
            {
                foreach (var (_, line, _) in JournalLines.Read(path))
                {
                    add(line);
                }
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another command has just removed it, because it was empty, or because its lines are in the journal now.
        }
    }

    private void Count(ReadOnlyMemory<byte> bytes, string path)
    {
        if (Parse(bytes) is { } document)
        {
            using (document)
            {
                TryReadLine(document.RootElement, path);
            }
        }
    }

    // Incomplete lines and lines that this module did not write are ignored.
    private static JsonDocument? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            var mark = "\uFEFF"u8;
            var document = JsonDocument.Parse(line.Span.StartsWith(mark) ? line.Slice(mark.Length) : line);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void TryReadLine(JsonElement line, string path)
    {
        try
        {
            ReadLine(line, path);
        }
        catch (InvalidOperationException)
        {
            // A text is not valid Unicode, so another program wrote the line.
        }
    }

    // All texts are read before anything is counted, so that a line counts as a whole or not at all.
    private void ReadLine(JsonElement line, string path)
    {
        var outcome = Text(line, JournalRecord.OutcomeField);
        if (outcome == JournalRecord.Sent)
        {
            var estimate = ChargeIn(line, JournalRecord.EstimateField) ?? PriceOf(line, path).Estimate;
            foreach (var id in RequestIds(line).ToList())
            {
                _sent[id] = estimate ?? throw Unpriced(line, path);
            }
        }
        else if (outcome is JournalRecord.Saved or JournalRecord.Failed or JournalRecord.Unknown)
        {
            var ids = RequestIds(line).ToList();
            var cost = ChargeIn(line, JournalRecord.CostField)
                ?? (MayHaveCost(line, outcome) ? CostOf(line, outcome, path) ?? throw Unpriced(line, path) : null);
            ids.ForEach(id => _sent.Remove(id));
            if (cost is { } charge)
            {
                Add(charge);
            }
        }
    }

    private void Add(Charge charge) =>
        _amounts[charge.Currency] = charge.Amount + (_amounts.TryGetValue(charge.Currency, out var sum) ? sum : 0);

    // Decides about lines without a cost, from versions that did not write costs. A refused request costs nothing. For a request whose end
    // is unknown, the cost is not known.
    private static bool MayHaveCost(JsonElement line, string outcome) => outcome != JournalRecord.Failed
        || Text(line, "errorId") is nameof(TokaifyErrorId.Timeout) or nameof(TokaifyErrorId.ConnectionFailed) or nameof(TokaifyErrorId.BadResponse)
            or nameof(TokaifyErrorId.SaveFailed) && Number(line, "attempts") > 0;

    private Charge? CostOf(JsonElement line, string outcome, string path)
    {
        var price = PriceOf(line, path);
        var images = outcome == JournalRecord.Saved && line.TryGetProperty(JournalRecord.ImagesField, out var list) && list.ValueKind == JsonValueKind.Array
            ? Math.Max(1, list.GetArrayLength())
            : 1;
        return price.OfResponse(images, usage: null) ?? price.Estimate;
    }

    private RequestPrice PriceOf(JsonElement line, string path)
    {
        var model = Text(line, "model") ?? throw Unpriced(line, path);
        var options = line.TryGetProperty("options", out var json) && json.ValueKind == JsonValueKind.Object ? json : (JsonElement?)null;
        // The line's options are the JSON of the request, so the image size is found in them as in additional properties.
        var request = new ImageRequest { Prompt = "", Model = model, AdditionalProperties = options };
        return RequestPrice.Of(request, _catalog.Find(model)) ?? throw Unpriced(line, path);
    }

    private static Charge? ChargeIn(JsonElement line, string field) =>
        line.TryGetProperty(field, out var amount) && amount.ValueKind == JsonValueKind.Number && amount.TryGetDecimal(out var known) && known >= 0
        && Text(line, JournalRecord.CurrencyField) is { Length: > 0 } currency
            ? new Charge(known, currency, IsListPrice: false)
            : null;

    private static IEnumerable<string> RequestIds(JsonElement line) =>
        line.TryGetProperty(JournalRecord.RequestsField, out var requests) && requests.ValueKind == JsonValueKind.Array
            ? requests.EnumerateArray()
                .Select(request => request.ValueKind == JsonValueKind.Object ? Text(request, JournalRecord.ClientRequestIdField) : null)
                .OfType<string>()
            : [];

    private static string? Text(JsonElement line, string field) =>
        line.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement line, string field) =>
        line.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;

    private static TokaifyException Unpriced(JsonElement line, string path) => new(
        TokaifyErrorId.InvalidArgument,
        $"The journal '{path}' has edits of {Text(line, "model") ?? "an unknown model"} without a cost, and the catalogue has no price for them, "
        + "so the budget cannot count them. Set the model's price in your own catalogue, which TOKAIFY_MODEL_CATALOG or the profile names, or begin another journal.")
    {
        Advice = ErrorAdvice.LeaveBudgetOut,
    };
}
