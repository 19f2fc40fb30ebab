namespace Tokaify.Emulation;

/// <summary>Selects the response to each request. Does not depend on sockets.</summary>
internal sealed class Relay(EmulatorOptions options)
{
    private const string ModelsPath = "/v1beta/models";
    private const string OpenAIModelsPath = "/v1/models";
    private const string GenerateContent = ":generateContent";

    private readonly FaultPlan _faults = new(options);
    private readonly LinkedImages _linked = new();

    /// <exception cref="RefusedRequestException">The relay, or the API behind it, refuses the request.</exception>
    public Task<RelayResponse> RespondAsync(RelayRequest request, CancellationToken stopping)
    {
        if (request.Path == ModelsPath)
        {
            return Task.FromResult(Listing(request, ModelResponses.List));
        }

        // Google's and OpenAI's clients use the same address. Relays of this family distinguish them by the header of the key.
        if (request.Path == OpenAIModelsPath)
        {
            return Task.FromResult(Listing(request, request.HasGoogleKey ? ModelResponses.List : ModelResponses.OpenAIList));
        }

        if (_linked.Find(request) is { } image)
        {
            return Task.FromResult(image);
        }

        var name = FindName(request) ?? throw Refusals.UnknownAddress(request);
        return name.EndsWith(GenerateContent, StringComparison.Ordinal)
            ? GenerateAsync(request, name.Substring(0, name.Length - GenerateContent.Length), stopping)
            : name.Contains(':') ? throw Refusals.UnknownAddress(request)
            : Task.FromResult(Listing(request, () => ModelResponses.Single(FindModel(name))));
    }

    /// <summary>The response to an edit that is refused before its body is read; null for every other request.</summary>
    public RelayResponse? RespondEarly(RelayRequest request)
    {
        var name = FindName(request);
        if (request.Method != "POST" || !request.HasKey || !IsJson(request)
            || name?.EndsWith(GenerateContent, StringComparison.Ordinal) != true
            || EmulatedModels.Find(name.Substring(0, name.Length - GenerateContent.Length)) is null
            || _faults.NextIfEarly() is not { } lot)
        {
            return null;
        }

        var response = FaultyStatus.Of(lot.Fault!.Value, request, lot.Chance);
        return response with
        {
            Delivery = Delivery.Early,
            Record = new EditRecord(lot.Number, SourceSha256: null, lot.Fault, response.Status),
        };
    }

    // Google's clients use v1 as well as v1beta.
    private static string? FindName(RelayRequest request) => new[] { ModelsPath + "/", OpenAIModelsPath + "/" }
        .Where(path => request.Path.StartsWith(path, StringComparison.Ordinal))
        .Select(path => request.Path.Substring(path.Length))
        .FirstOrDefault();

    private static RelayResponse Listing(RelayRequest request, Func<RelayResponse> response)
    {
        RequireMethod(request, "GET");
        RequireKey(request);
        return response();
    }

    // The checks are in the order in which the relay and then the API see the request.
    private async Task<RelayResponse> GenerateAsync(RelayRequest request, string modelName, CancellationToken stopping)
    {
        RequireMethod(request, "POST");
        RequireKey(request);
        var model = FindModel(modelName);
        var body = request.Body ?? throw Refusals.TooLarge(options.MaxRequestBytes);
        RequireJson(request);
        var edit = EditRequest.Parse(model, body);
        // Drawn before the wait, so that the fault depends on the order in which edits arrive.
        var lot = _faults.Next();
        await Task.Delay(options.Latency, stopping).ConfigureAwait(false);
        var response = lot.Fault is { } fault ? FaultyResponse.To(edit, request, fault, lot.Chance, _linked) : EditResponse.To(edit);
        return response with { Record = new EditRecord(lot.Number, edit.Source?.Sha256, lot.Fault, response.Status) };
    }

    private static void RequireMethod(RelayRequest request, string method)
    {
        if (request.Method != method)
        {
            throw Refusals.WrongMethod(request, method);
        }
    }

    private static void RequireKey(RelayRequest request)
    {
        if (!request.HasKey)
        {
            throw Refusals.NoKey();
        }
    }

    private static void RequireJson(RelayRequest request)
    {
        if (!IsJson(request))
        {
            throw Refusals.NotJson(request.MediaType);
        }
    }

    private static bool IsJson(RelayRequest request) =>
        string.Equals(request.MediaType, "application/json", StringComparison.OrdinalIgnoreCase);

    private static ImageModel FindModel(string name) => EmulatedModels.Find(name) ?? throw Refusals.UnknownModel(name);
}
