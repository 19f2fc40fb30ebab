namespace Tokaify;

/// <summary>The price of a request, by the catalogue's price of its model.</summary>
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

    /// <summary>The estimated cost of the request: one image. Null if images have no price.</summary>
    public Charge? Estimate => ToCharge(_perImage);

    /// <summary>The price of a request; null if the catalogue has none for its model.</summary>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.InvalidArgument"/> if the user's catalogue cannot be used.</exception>
    public static RequestPrice? Of(ImageRequest request) => Of(request, request.Models.Find(request.Model));

    /// <summary>The price of a request to a model; null if it is not known.</summary>
    public static RequestPrice? Of(ImageRequest request, ImageModel? model) => model?.Price is { } price
        ? new RequestPrice(price, price.OfImage(request.WireImageSize ?? model.DefaultImageSize))
        : null;

    /// <summary>The cost of a response.</summary>
    /// <param name="images">The number of its images, without drafts.</param>
    /// <param name="usage">Its tokens; null if the service does not report them.</param>
    /// <returns>Null if it is not known.</returns>
    public Charge? OfResponse(int images, UsageMetadata? usage) => ToCharge(
        _price.IsPerImage ? OfImages(images) + OfTokens(usage)
            : usage is null ? null
            : OfTokens(usage));

    /// <summary>The cost of a request without a complete response.</summary>
    /// <param name="failure">The failure of the service or the connection; null if the attempt took too long or was stopped.</param>
    /// <param name="isSent">Whether the whole request was sent. An incomplete request cannot be billed.</param>
    /// <returns>Null if its end is not known, because the service may have made an image.</returns>
    public Charge? OfFailure(TokaifyException? failure, bool isSent) => isSent && !IsRefusal(failure) ? null : ToCharge(0);

    // The timeout of a gateway does not say whether the service behind it finished.
    private static bool IsRefusal(TokaifyException? failure) =>
        failure is { StatusCode: >= 300, ErrorId: not TokaifyErrorId.Timeout };

    private decimal? OfImages(int images) => images == 0 ? 0 : images * _perImage;

    private decimal OfTokens(UsageMetadata? usage) => usage is null
        ? 0
        : ((usage.PromptTokenCount ?? 0) * (_price.PerMillionInputTokens ?? 0)
            + OutputTokens(usage) * (_price.PerMillionOutputTokens ?? 0)) / Million;

    // Thinking is billed as output. If images have a price, it includes their tokens. If the service does not report the number of these
    // tokens, no candidate tokens are billed, because the others cannot be separated.
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
