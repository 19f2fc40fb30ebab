using Xunit;

namespace Tokaify.Tests.Cost;

public class BudgetTests
{
    private static readonly RequestPrice s_price = Price("USD", 0.04m);

    [Fact]
    public void A_reservation_counts_until_it_is_settled()
    {
        var budget = new Budget(0.1m);
        var first = budget.TryReserve("own", s_price);
        var second = budget.TryReserve("own", s_price);

        Assert.Null(budget.TryReserve("own", s_price));
        Assert.Equal(0, budget.Spent);
        first!.Settle(new Charge(0, "USD", IsListPrice: false));
        Assert.NotNull(budget.TryReserve("own", s_price));
        second!.Settle(new Charge(0.04m, "USD", IsListPrice: false));
        Assert.Equal(0.04m, budget.Spent);
    }

    [Fact]
    public void The_limit_itself_may_be_spent()
    {
        var budget = new Budget(0.08m);
        Assert.NotNull(budget.TryReserve("own", s_price));
        Assert.NotNull(budget.TryReserve("own", s_price));
        Assert.Null(budget.TryReserve("own", s_price));
    }

    [Fact]
    public void A_request_whose_end_is_unknown_keeps_its_reservation_as_spent()
    {
        var budget = new Budget(1);
        budget.TryReserve("own", s_price)!.Settle(cost: null);
        Assert.Equal(0.04m, budget.Spent);
    }

    [Fact]
    public void An_estimate_that_turned_out_too_low_raises_the_next_of_that_model()
    {
        var budget = new Budget(1);
        budget.TryReserve("own", s_price)!.Settle(new Charge(0.12m, "USD", IsListPrice: false));

        Assert.Equal(0.12m, budget.TryReserve("own", s_price)!.Charge.Amount);
        Assert.Equal(0.04m, budget.TryReserve("another", s_price)!.Charge.Amount);
        Assert.Equal(0.09m, budget.TryReserve("own", Price("USD", 0.09m))!.Charge.Amount);
    }

    [Fact]
    public void A_cost_below_the_estimate_does_not_lower_the_next()
    {
        var budget = new Budget(1);
        budget.TryReserve("own", s_price)!.Settle(new Charge(0, "USD", IsListPrice: false));
        Assert.Equal(0.04m, budget.TryReserve("own", s_price)!.Charge.Amount);
    }

    [Fact]
    public void Earlier_cost_counts()
    {
        var budget = new Budget(1);
        budget.AddSpentBefore(0.97m, "USD");

        Assert.Null(budget.TryReserve("own", s_price));
        Assert.Equal("Spent: 0.97 USD of 1.00 USD, 0.97 USD of it before, by the journal.", budget.Describe());
    }

    [Fact]
    public void Another_currency_is_an_error_that_says_what_to_do()
    {
        var budget = new Budget(1);
        budget.AddSpentBefore(0.5m, "EUR");
        var failure = Assert.Throws<TokaifyException>(() => budget.TryReserve("own", s_price));

        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
        Assert.Contains("in EUR, and own is paid in USD. Set ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_price_is_an_error_that_says_what_to_do()
    {
        var budget = new Budget(1);
        var failure = Assert.Throws<TokaifyException>(() => budget.Check(new ImageRequest { Prompt = "x", Model = "nobody-knows" }));

        Assert.Equal(TokaifyErrorId.InvalidArgument, failure.ErrorId);
        Assert.Contains("TOKAIFY_MODEL_CATALOG", failure.Message, StringComparison.Ordinal);
        Assert.Throws<TokaifyException>(() => budget.TryReserve("own", price: null));
    }

    [Fact]
    public void A_price_of_tokens_only_gives_no_estimate()
    {
        var model = new ImageModel { Name = "own", Price = new ModelPrice { Currency = "USD", PerMillionOutputTokens = 30 } };
        var price = RequestPrice.Of(new ImageRequest { Prompt = "x", Model = "own" }, model);
        Assert.Throws<TokaifyException>(() => new Budget(1).TryReserve("own", price));
    }

    [Fact]
    public void A_limit_below_zero_is_an_error() =>
        Assert.Equal(TokaifyErrorId.InvalidArgument, Assert.Throws<TokaifyException>(() => new Budget(-0.01m)).ErrorId);

    [Fact]
    public async Task Parallel_reservations_do_not_exceed_the_limit()
    {
        var budget = new Budget(4);
        var reserved = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(() => budget.TryReserve("own", s_price))));
        Assert.Equal(100, reserved.Count(each => each is not null));
    }

    private static RequestPrice Price(string currency, decimal perImage) => RequestPrice.Of(
        new ImageRequest { Prompt = "x", Model = "own" },
        new ImageModel { Name = "own", Price = new ModelPrice { Currency = currency, PerImage = perImage } })!;
}
