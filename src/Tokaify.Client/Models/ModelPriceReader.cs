using System.Text.Json;

namespace Tokaify;

/// <summary>Reads the <c>price</c> of a catalogue's entry: <c>{"currency": "USD", "perImage": 0.039}</c>.</summary>
/// <remarks>This code uses loops for the same reason as <see cref="ModelCatalogReader"/>.</remarks>
internal sealed class ModelPriceReader
{
    private const string Fields = "currency, perImage, perMillionInputTokens, perMillionOutputTokens, asOf, source";

    // Up to this price, the product with any number of tokens fits into a decimal.
    private const decimal Most = 1_000_000_000;

    private readonly string _model;
    private ModelPrice _price;

    private ModelPriceReader(string model, ModelPrice price) => (_model, _price) = (model, price);

    /// <summary>Reads a price.</summary>
    /// <param name="value">The field's value.</param>
    /// <param name="model">The entry's model, for messages.</param>
    /// <param name="known">The known price, whose amounts are kept if the new price does not have them.</param>
    /// <param name="isListPrice">Whether it is a list price.</param>
    /// <returns>Null if the value is null, which means that the price is not known.</returns>
    /// <exception cref="FormatException">It is not a price; the message says why.</exception>
    public static ModelPrice? Read(JsonElement value, string model, ModelPrice? known, bool isListPrice)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException(
                $"\"price\" of {model} has to be an object such as {{\"currency\": \"USD\", \"perImage\": 0.039}}, "
                + "or null if it is not known");
        }

        var currency = ReadCurrency(value, model) ?? known?.Currency
            ?? throw new FormatException($"the price of {model} has no \"currency\"");
        // Amounts in another currency, and the date and source of the old price, do not apply to the new one.
        var start = known?.Currency == currency
            ? known with { AsOf = null, Source = null, IsListPrice = isListPrice }
            : new ModelPrice { Currency = currency, IsListPrice = isListPrice };
        var reader = new ModelPriceReader(model, start);
        foreach (var field in value.EnumerateObject())
        {
            reader.ReadField(field);
        }

        var price = reader._price;
        return price.IsPerImage || price.PerMillionInputTokens is not null || price.PerMillionOutputTokens is not null
            ? price
            : throw new FormatException($"the price of {model} has no amount; if it is not known, write \"price\": null");
    }

    private static string? ReadCurrency(JsonElement value, string model)
    {
        if (!value.TryGetProperty("currency", out var currency))
        {
            return null;
        }

        return currency.ValueKind == JsonValueKind.String && IsCurrency(currency.GetString()!)
            ? currency.GetString()
            : throw Wrong("currency", model, "three capital letters, as in ISO 4217, such as \"USD\"");
    }

    private static bool IsCurrency(string text)
    {
        foreach (var letter in text)
        {
            if (letter is < 'A' or > 'Z')
            {
                return false;
            }
        }

        return text.Length == 3;
    }

    private void ReadField(JsonProperty field)
    {
        _price = field.Name switch
        {
            "currency" => _price,
            "perImage" => WithPerImage(field),
            "perMillionInputTokens" => _price with { PerMillionInputTokens = AmountOrNull(field) },
            "perMillionOutputTokens" => _price with { PerMillionOutputTokens = AmountOrNull(field) },
            "asOf" => _price with { AsOf = Time(field) },
            "source" => _price with { Source = Text(field) },
            _ => throw new FormatException($"the price of {_model} has the unknown field \"{field.Name}\"; the known ones are {Fields}"),
        };
    }

    private ModelPrice WithPerImage(JsonProperty field)
    {
        if (field.Value.ValueKind != JsonValueKind.Object)
        {
            return _price with { PerImage = AmountOrNull(field), PerImageBySize = new Dictionary<string, decimal>() };
        }

        var sizes = new Dictionary<string, decimal>(StringComparer.OrdinalIgnoreCase);
        foreach (var size in field.Value.EnumerateObject())
        {
            sizes[size.Name] = Amount(size);
        }

        return sizes.Count > 0
            ? _price with { PerImage = null, PerImageBySize = sizes }
            : throw Wrong(field.Name, _model, "a number, or an object with an amount for each image size");
    }

    private decimal? AmountOrNull(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Null ? null : Amount(field);

    private decimal Amount(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetDecimal(out var amount) && amount is >= 0 and <= Most
            ? amount
            : throw Wrong(field.Name, _model, $"a number from 0 to {Most}");

    private string Text(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : throw Wrong(field.Name, _model, "a text");

    private string Time(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.String && CatalogDate.IsMonthOrDay(field.Value.GetString()!)
            ? field.Value.GetString()!
            : throw Wrong(field.Name, _model, "a month such as \"2026-10\", or a day such as \"2026-10-31\"");

    private static FormatException Wrong(string field, string model, string wanted) =>
        new($"\"{field}\" in the price of {model} has to be {wanted}");
}
