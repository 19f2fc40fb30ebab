using System.Diagnostics;
using System.Net;
using System.Text;
using Xunit;

namespace Tokaify.Tests.Text;

/// <summary>The texts that the sanitizer keeps, and those that it removes.</summary>
public sealed class TextSanitizerTests
{
    private const string Key = "sk-9fK/2q+Zr7&Lw=Xc_4Vb~8Nm";

    private static readonly TextSanitizer s_sanitizer = TextSanitizer.For(new Secret(Key));

    public static TheoryData<string> Ordinary =>
    [
        "",
        "STOP",
        "The model is overloaded. Please try again later.",
        "Déjà vu: naïve café, Ünïcödé – “quotes” … 100 %",
        "家族 👨‍👩‍👧‍👦 and a flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "مرحبا بالعالم، نص عربي",
        "می‌خواهم",
        "שלום עולם",
        "क्‍ष नमस्ते",
        "a\tb\nc",
        @"C:\Users\joe\pictures\100%.png & <b>&amp;</b> \u0041",
        "20261120-1 r-1 gemini-2.5-flash-image ****cdef",
        "sk-9fK/",
    ];

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void Ordinary_text_passes_as_the_same_instance(string text)
    {
        Assert.Same(text, s_sanitizer.Lines(text));
        Assert.Same(text, s_sanitizer.Part(text));
    }

    [Theory]
    [InlineData("a\u001B[31mred\u001B[0m b", "ared b")]
    [InlineData("a\u001B]0;title\ab", "ab")]
    [InlineData("a\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\b", "alinkb")]
    [InlineData("a\u009B31mb", "ab")]
    [InlineData("a\u009D0;x\u009Cb", "ab")]
    [InlineData("a\u001BPq#0\u001B\\b", "ab")]
    [InlineData("a\u001B]never ends", "anever ends")]
    [InlineData("a\u001B(Bb\u001Bcd", "abd")]
    [InlineData("a\u001B", "a")]
    [InlineData("a\u001B[", "a")]
    [InlineData("a\u001B[12", "a")]
    [InlineData("a\u001B\u001B[31mb", "ab")]
    [InlineData("a\u202Eb\u2066c\u200Fd\u061Ce\u206Af", "abcdef")]
    [InlineData("a\0b\bc\u007Fd\u0080e", "abcde")]
    [InlineData("a\r\nb\rc\u0085d\u2028e\u2029f\vg\fh", "a\nb\nc\nd\ne\nf\ng\nh")]
    public void Control_characters_are_removed_and_line_breaks_stay(string text, string clean) =>
        Assert.Equal(clean, s_sanitizer.Lines(text));

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced()
    {
        Assert.Equal("a\uFFFDb\uFFFDc\uD83D\uDE00", s_sanitizer.Lines("a\uD83Db\uDE00c\uD83D\uDE00"));
        Assert.Equal("\uFFFD\uFFFD", s_sanitizer.Lines("\uD83D\u202E\uDE00"));
    }

    [Fact]
    public void A_line_is_one_line() => Assert.Equal("a b  c d", s_sanitizer.Line("\r\na\r\n\tb  c\u2028d\n"));

    [Theory]
    [InlineData("http://joe:pw@proxy.test/", "http://joe:****@proxy.test/")]
    [InlineData("joe:pw@proxy", "joe:****@proxy")]
    [InlineData("joe:p%77@proxy", "joe:****@proxy")]
    [InlineData("joe:\\u0070w@proxy", "joe:****@proxy")]
    [InlineData("Proxy-Authorization: Basic am9lOnB3", "Proxy-Authorization: Basic ****")]
    [InlineData("{\"proxy-authorization\":\"basic am9lOnB3\"}", "{\"proxy-authorization\":\"basic ****\"}")]
    [InlineData("Authorization: Bearer pw.", "Authorization: Bearer ****.")]
    [InlineData("pw is no secret by itself: pwd", "pw is no secret by itself: pwd")]
    [InlineData("Bearer pwd", "Bearer pwd")]
    public void A_short_secret_is_found_in_user_info_and_in_headers_of_authentication(string text, string clean) =>
        Assert.Equal(clean, TextSanitizer.For(new Secret("pw", "joe")).Lines(text));

    [Fact]
    public void A_secret_in_context_is_found_anywhere_in_a_long_text()
    {
        var sanitizer = TextSanitizer.For(new Secret("pw", "joe"));
        for (var length = (64 * 1024) - 40; length < (64 * 1024) + 4; length++)
        {
            Assert.EndsWith("joe:****@proxy", sanitizer.Lines(new string('x', length) + " http://joe:pw@proxy"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Grüße an dich")]
    [InlineData("pa%73s\\u0077ord")]
    [InlineData("a b c d e f g h")]
    [InlineData("\"quoted\"'pass'&co;")]
    [InlineData("密码密码密码密码")]
    [InlineData("🔑🔑🔑🔑🔑")]
    public void A_password_of_any_characters_is_found_in_every_form(string password)
    {
        var sanitizer = TextSanitizer.For(new Secret(password, "joe"));
        string[] forms =
        [
            password,
            Uri.EscapeDataString(password),
            WebUtility.UrlEncode(password),
            WebUtility.HtmlEncode(password),
            System.Text.Json.JsonSerializer.Serialize(password).Trim('"'),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(password)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes("joe:" + password)),
        ];
        foreach (var form in forms)
        {
            Assert.StartsWith("<****", sanitizer.Line($"<{form}>"), StringComparison.Ordinal);
            Assert.DoesNotContain(form, sanitizer.Line($"<{form}>"), StringComparison.Ordinal);
        }

        // As in a header, in which each byte is a character.
        var inHeader = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(password));
        Assert.DoesNotContain(inHeader, sanitizer.Line($"<{inHeader}>"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_part_of_a_secret_that_was_cut_stays()
    {
        foreach (var (name, form) in SecretForms.All)
        {
            var text = "The key " + form(Key);
            for (var length = "The key ".Length; length <= text.Length; length++)
            {
                var clean = s_sanitizer.Lines(text[..length], isCut: true);

                Assert.True(Leak.Find(clean, Key) is null, $"{name}, {length}: {clean}");
                if (name == "whole")
                {
                    Assert.Equal("The key ", clean.Replace("****", "", StringComparison.Ordinal).TrimEnd() + " ");
                }
            }
        }
    }

    [Fact]
    public void A_text_is_sanitized_before_it_is_shortened()
    {
        for (var before = 0; before < TextSanitizer.NameLength + 2; before++)
        {
            var name = s_sanitizer.Name(new string('x', before) + Key + new string('y', 300));

            Assert.Equal(TextSanitizer.NameLength + 1, name.Length);
            Assert.Matches(@"^x*\*{0,4}y*…$", name);
        }
    }

    [Fact]
    public void A_surrogate_pair_is_not_cut() =>
        Assert.Equal(new string('x', 255) + "…", s_sanitizer.Name(new string('x', 255) + "😀" + "z"));

    [Fact]
    public void A_cause_without_a_secret_is_kept()
    {
        var cause = new IOException("Broken pipe", new InvalidOperationException("Yes"));
        Assert.Same(cause, s_sanitizer.Cause(cause));
    }

    [Fact]
    public void A_cause_that_repeats_the_key_is_replaced_with_all_its_causes()
    {
        var cause = s_sanitizer.Cause(new HttpRequestException("Fine", new IOException($"Bad {Key}\u001B[2J", new IOException("Inner"))));

        Assert.Equal("System.Net.Http.HttpRequestException: Fine", cause.Message);
        Assert.Equal("System.IO.IOException: Bad ****", cause.InnerException!.Message);
        Assert.Null(Leak.Find(cause.ToString(), Key));
        Assert.IsType<IOException>(cause.InnerException.InnerException);
    }

    /// <summary>Texts that start a search for a secret, an end or a closing tag at each position. A quadratic search would take
    /// hours.</summary>
    [Theory]
    [InlineData("sk-9fK/2q+Zr7&Lw=Xc_4Vb~8N")]
    [InlineData("sk-9fK/2q+Zr7&")]
    [InlineData("\\u0073")]
    [InlineData("\\\\")]
    [InlineData("%25")]
    [InlineData("&amp;")]
    [InlineData("&#")]
    [InlineData("\u001B]")]
    [InlineData("\u001B[")]
    [InlineData("\u001B[0;")]
    [InlineData("\uDB40\uDC41")]
    [InlineData("<script")]
    [InlineData("<title")]
    [InlineData("<script><style><head>")]
    [InlineData("<!--")]
    [InlineData("AAAA\\")]
    [InlineData("http://joe:pw@")]
    [InlineData("Basic Bearer ")]
    [InlineData("request id:  ")]
    public void The_time_is_in_proportion_to_the_length(string piece)
    {
        var text = new StringBuilder().Insert(0, piece, 4 * 1024 * 1024 / piece.Length).ToString();
        var sanitizer = TextSanitizer.For(new Secret(Key), new Secret("pw", "joe"));
        var clock = Stopwatch.StartNew();

        _ = sanitizer.Line(text, isCut: true);
        _ = ResponseText.Of(Encoding.UTF8.GetBytes(text), isCut: true, sanitizer);
        _ = ServiceWords.RequestId(text);

        // Less than a second; by the square of the length it would be hours.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    /// <summary>Random texts with secrets in random forms, cut anywhere. The seeds are fixed, so failures are reproducible.</summary>
    [Fact]
    public void No_part_of_a_secret_stays_in_any_place_and_form()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var secret = RandomText.Secret(random);
            var sanitizer = TextSanitizer.For(new Secret(secret, "joe"));
            var text = RandomText.With(secret, random);
            var isCut = random.Next(3) == 0;
            var cut = isCut ? text[..random.Next(text.Length + 1)] : text;

            foreach (var clean in (string[])[sanitizer.Lines(cut, isCut), sanitizer.Line(cut, isCut), sanitizer.Name(cut), sanitizer.Part(cut)])
            {
                Assert.True(Leak.Find(clean, secret) is null, $"{seed}: '{secret}' in '{clean}' of '{cut}'");
            }

            Assert.True(Leak.FindControl(sanitizer.Lines(cut, isCut)) is null, $"{seed}: {cut}");
        }
    }

    [Fact]
    public void Text_without_a_secret_loses_only_control_characters()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var text = RandomText.Plain(random);

            Assert.Equal(text, TextSanitizer.For(new Secret(RandomText.Secret(random))).Lines(text));
        }
    }
}
