using Xunit;

namespace Tokaify.Tests.Images;

public class NamingTests
{
    [Theory]
    [InlineData("{name}-edited", 1, "cat-edited")]
    [InlineData("{name}-edited", 2, "cat-edited-2")]
    [InlineData("{name}-{index}", 2, "cat-2")]
    [InlineData("{INDEX}_{Name}", 1, "1_cat")]
    [InlineData("{model} {time}", 1, "gemini-x 20260102-030405")]
    [InlineData("plain", 1, "plain")]
    public void A_template_is_filled_in(string template, int index, string expected) =>
        Assert.Equal(expected, Names(template, "cat").Of(index));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("../{name}")]
    [InlineData("a\\b")]
    [InlineData("{folder}")]
    [InlineData("{}")]
    public void An_invalid_template_is_refused(string template)
    {
        var error = Assert.Throws<TokaifyException>(() => new OutputName(template));
        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
    }

    [Theory]
    [InlineData("a:b*c?d\"e<f>g|h", "a_b_c_d_e_f_g_h")]
    [InlineData("../../etc/passwd", ".._.._etc_passwd")]
    [InlineData("..", "_")]
    [InlineData("...", "_")]
    [InlineData("", "_")]
    [InlineData("name. ", "name")]
    [InlineData("a\u0000b\nc", "a_b_c")]
    [InlineData("photo\u202Egnp.exe", "photo_gnp.exe")]
    [InlineData("a\u009B31mb\u2066c\u200Fd\u2028e", "a_31mb_c_d_e")]
    [InlineData("👨\u200D👩 نص", "👨\u200D👩 نص")]
    [InlineData("CON", "_CON")]
    [InlineData("con.tar", "_con.tar")]
    [InlineData("Com1", "_Com1")]
    [InlineData("COM10", "COM10")]
    [InlineData("LPT¹.x", "_LPT¹.x")]
    [InlineData("été – plage [1]", "été – plage [1]")]
    [InlineData(".hidden", ".hidden")]
    public void A_name_is_valid_on_every_system(string name, string expected) =>
        Assert.Equal(expected, SafeFileName.From(name));

    [Theory]
    [InlineData('\0', '\x1F')]
    [InlineData('\x7F', '\x9F')]
    [InlineData('\u00AD', '\u00AD')]
    [InlineData('\u061C', '\u061C')]
    [InlineData('\u180E', '\u180E')]
    [InlineData('\u200B', '\u200B')]
    [InlineData('\u200E', '\u200F')]
    [InlineData('\u2028', '\u202E')]
    [InlineData('\u2060', '\u2064')]
    [InlineData('\u2066', '\u206F')]
    [InlineData('\uD800', '\uDFFF')]
    [InlineData('\uFEFF', '\uFEFF')]
    [InlineData('\uFFF9', '\uFFFB')]
    public void Characters_that_change_the_direction_of_text_are_replaced(char first, char last)
    {
        for (var character = (int)first; character <= last; character++)
        {
            Assert.Equal("photo_gnp.exe", SafeFileName.From($"photo{(char)character}gnp.exe"));
        }
    }

    [Theory]
    [InlineData("\U0001F469\u200D\U0001F52C")]
    [InlineData("\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645")]
    [InlineData("\u05E9\u05DC\u05D5\u05DD")]
    [InlineData("e\u0301te\u0301 \u2013 \u732B")]
    [InlineData("\u2764\uFE0F")]
    public void A_name_in_any_script_is_not_changed(string name) => Assert.Equal(name, SafeFileName.From(name));

    [Fact]
    public void A_name_that_is_too_long_is_shortened_between_characters()
    {
        var name = SafeFileName.From(string.Concat(Enumerable.Repeat("😀", 100)));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(name), 200, 230);
        Assert.DoesNotContain('\uFFFD', name);
        Assert.False(char.IsHighSurrogate(name[^1]));
    }

    [Theory]
    [InlineData("{name}", "cat cat-4;cat-2 cat-5;cat-3 cat-6")]
    [InlineData("{index}-{name}", "1-cat 4-cat;2-cat 5-cat;3-cat 6-cat")]
    public void The_images_of_variations_share_one_numbering_across_their_responses(string template, string expected)
    {
        var variations = Names(template, "cat").ForVariations(3);
        Assert.Equal(expected, string.Join(';', variations.Select(names => $"{names.Of(1)} {names.Of(2)}")));
    }

    [Fact]
    public void All_variations_of_a_source_get_other_names_if_one_name_is_taken()
    {
        var claims = new NameClaims();
        var folder = new ImageFolder("/pictures");
        Assert.Equal("cat", Names("{name}", "cat").ClaimedIn(claims, folder).Of(1));
        Assert.Equal("dog-2", Names("{name}", "dog-2").ClaimedIn(claims, folder).Of(1));
        Assert.Equal(["cat-2", "cat-2-2"], Names("{name}", "cat").ClaimedIn(claims, folder, 2).Select(names => names.Of(1)));
        Assert.Equal(["dog-2-2"], Names("{name}", "dog-2").ClaimedIn(claims, folder, 1).Select(names => names.Of(1)));
        Assert.Equal(["dog-3", "dog-3-2"], Names("{name}", "dog").ClaimedIn(claims, folder, 2).Select(names => names.Of(1)));
    }

    [Fact]
    public void No_variation_may_overwrite_another()
    {
        var variations = Names("{name}", "cat").ClaimedIn(new NameClaims(), new ImageFolder("/pictures"), 2);
        Assert.True(variations[0].TryClaim("/pictures", "cat"));
        Assert.False(variations[0].TryClaim("/pictures", "cat-2"));
        Assert.True(variations[1].TryClaim("/pictures", "cat-2"));
    }

    [Fact]
    public void Any_number_of_names_is_distinguished_with_few_bytes_each()
    {
        const int Count = 300_000;
        var claims = new NameClaims();
        for (var owner = 1; owner <= Count; owner++)
        {
            Assert.True(claims.TryTake("/pictures", $"photo-{owner}-edited", owner));
        }

        for (var owner = 1; owner <= Count; owner++)
        {
            Assert.True(claims.TryTake("/pictures", $"PHOTO-{owner}-edited", owner));
            Assert.False(claims.TryTake("/pictures", $"photo-{owner}-edited", owner + 1));
        }

        Assert.InRange((double)claims.Size / Count, 12, 18);
    }

    [Fact]
    public void Only_one_of_many_parallel_claims_gets_a_name()
    {
        var claims = new NameClaims();
        var taken = 0;
        Parallel.For(0, 10_000, number =>
        {
            if (claims.TryTake($"/pictures/{number % 100}.png"))
            {
                Interlocked.Increment(ref taken);
            }
        });
        Assert.Equal(100, taken);
    }

    private static PictureNames Names(string template, string source) =>
        new(new OutputName(template), source, "gemini-x", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local));
}
