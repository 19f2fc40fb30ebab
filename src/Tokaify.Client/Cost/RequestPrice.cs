namespace Tokaify;

/// <summary>What a request costs, by the catalogue's price of its model.</summary>
internal sealed class RequestPrice
{
    private const decimal Million = 1_000_000;

    private readonly ModelPrice _price;
    private readonly decimal? _perImage;

    private RequestPrice(ModelPrice price, decimal? perImage)
    {
        _price = price;
        _perImage = perImage;
    }

    /// <summary>The currency.</summary>
    public string Currency => _price.Currency;

    /// <summary>What the request is likely to cost: an image. Null where images have no price of their own.</summary>
    public Charge? Estimate => ToCharge(_perImage);

    /// <summary>The price of a request; null where the catalogue has none for its model.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> where the user's catalogue cannot be used.</exception>
    public static RequestPrice? Of(ImageRequest request) => Of(request, ModelCatalog.Current.Find(request.Model));

    /// <summary>The price of a request to a model; null where none is known.</summary>
    public static RequestPrice? Of(ImageRequest request, ImageModel? model) => model?.Price is { } price
        ? new RequestPrice(price, price.OfImage(request.WireImageSize ?? model.DefaultImageSize))
        : null;

    /// <summary>What a response cost.</summary>
    /// <param name="images">The number of its images, without drafts.</param>
    /// <param name="usage">Its tokens; null where the service does not say.</param>
    /// <returns>Null where it is not known.</returns>
    public Charge? OfResponse(int images, UsageMetadata? usage) => ToCharge(
        _price.IsPerImage ? OfImages(images) + OfTokens(usage)
            : usage is null ? null
            : OfTokens(usage));

    /// <summary>What a request cost that brought no whole response.</summary>
    /// <param name="failure">What the service or the connection said; null where the attempt took too long or was stopped.</param>
    /// <param name="isSent">Whether all of the request was sent. A part of one cannot be billed.</param>
    /// <returns>Null where its end is not known: the service may have made an image.</returns>
    public Charge? OfFailure(TokaifyException? failure, bool isSent) => isSent && !IsRefusal(failure) ? null : ToCharge(0);

    // A gateway that gave up waiting says nothing about what it was waiting for.
    private static bool IsRefusal(TokaifyException? failure) =>
        failure is { StatusCode: >= 300, ErrorId: not TokaifyErrorId.Timeout };

    private decimal? OfImages(int images) => images == 0 ? 0 : images * _perImage;

    private decimal OfTokens(UsageMetadata? usage) => usage is null
        ? 0
        : ((usage.PromptTokenCount ?? 0) * (_price.PerMillionInputTokens ?? 0)
            + OutputTokens(usage) * (_price.PerMillionOutputTokens ?? 0)) / Million;

    // Thinking is billed as output. Where images have a price, their tokens are paid with it, and where the service does not say
    // how many those are, none of the others can be told apart.
    private long OutputTokens(UsageMetadata usage)
    {
        long candidates = usage.CandidatesTokenCount ?? 0;
        var billed = !_price.IsPerImage ? candidates
            : usage.CandidatesImageTokenCount is { } ofImages ? Math.Max(0, candidates - ofImages)
            : 0;
        return billed + (usage.ThoughtsTokenCount ?? 0);
    }

    private Charge? ToCharge(decimal? amount) => amount is { } known ? new Charge(known, _price.Currency, _price.IsListPrice) : null;
}
