using Xunit;

namespace Tokaify.Tests.Profiles;

public sealed class ProfileStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

    private ProfileStore Store => new(Path.Combine(_folder, "tokaify", "profiles.json"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void There_are_no_profiles_at_first() => Assert.Empty(Store.Read());

    [Fact]
    public void A_profile_is_read_as_it_was_set()
    {
        var set = Store.Set("studio", _ => Whole());

        var read = Assert.Single(Store.Read());
        Assert.Equal(set with { Unknown = read.Unknown }, read);
        Assert.Empty(read.UnknownSettings);
    }

    [Fact]
    public void A_name_means_the_same_profile_in_upper_and_lower_case()
    {
        Store.Set("studio", _ => Whole());
        Store.Set("STUDIO", profile => profile with { Model = "another" });

        var profile = Assert.Single(Store.Read());
        Assert.Equal(("studio", "another", "tokaify"), (profile.Name, profile.Model, profile.SecretName));
    }

    [Fact]
    public void The_error_for_a_missing_profile_names_it_and_the_existing_ones()
    {
        Store.Set("studio", _ => Whole());

        foreach (var action in new Action[] { () => Store.Get("home"), () => Store.Remove("home") })
        {
            var error = Assert.Throws<TokaifyException>(action);
            Assert.Equal(TokaifyErrorId.ProfileNotFound, error.ErrorId);
            Assert.Contains("'home'", error.Message);
            Assert.Contains("studio", error.Message);
        }
    }

    [Fact]
    public void A_removed_profile_is_gone_and_the_others_stay()
    {
        Store.Set("studio", _ => Whole());
        Store.Set("home", profile => profile);
        Store.Remove("Studio");

        Assert.Equal("home", Assert.Single(Store.Read()).Name);
    }

    [Fact]
    public void Settings_of_a_later_version_stay_in_the_file_and_are_named()
    {
        Write("""{"version": 1, "profiles": {"studio": {"region": {"name": "eu"}, "model": "m"}}}""");
        Store.Set("studio", profile => profile with { Model = "n" });
        Store.Set("home", profile => profile);

        Assert.Equal(["region"], Store.Get("studio").UnknownSettings);
        Assert.Contains("\"eu\"", File.ReadAllText(Store.Path));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("{\"version\": 1, \"profiles\": {", "it is not JSON (line 1)")]
    [InlineData("[]", "\"profiles\"")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"model\": \"\\ud800\"}}}", "it is damaged")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"later\": [\"\\udc00\"]}}}", "it is damaged")]
    [InlineData("{\"version\": 1, \"profiles\": {\"\\ud800\": {}}}", "it is damaged")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"\\ud800\": 1}}}", "it is damaged")]
    [InlineData("{\"version\": 1, \"profiles\": {}, \"later\": \"\\ud800\"}", "it is damaged")]
    [InlineData("{\"version\": 1, \"profiles\": {}, \"apiKey\": \"sk-Exposed\"}", "put the key into a vault")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"model\": \"x\\u001b[31mRED\"}}}", "control characters")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"secretName\": \"x\\ny\"}}}", "control characters")]
    [InlineData("{\"version\": 2, \"profiles\": {}}", "a later version of the module wrote it")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {}, \"A\": {}}}", "the profile 'A' twice")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"model\": 1}}}", "in the profile 'a', \"model\" has to be a text")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"throttleLimit\": 0}}}", "between 1 and 1024")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"apiKey\": \"sk-Exposed\"}}}", "put the key into a vault")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"proxy\": \"http://joe:sk-Exposed@proxy:8080\"}}}", "a user or a password")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"proxy\": \"joe:sk-Exposed@proxy:8080\"}}}", "http://")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"baseUri\": \"https://joe:sk-Exposed@relay.test\"}}}", "no user")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"vault\": \"work\"}}}", "no name of a secret")]
    [InlineData("{\"version\": 1, \"profiles\": {\"a\": {\"journalPath\": \"edits.jsonl\"}}}", "not a full one")]
    public void The_error_for_an_unusable_file_names_it_and_the_file_is_not_changed(string text, string flaw)
    {
        Write(text);

        foreach (var action in new Action[] { () => Store.Read(), () => Store.Get("a"), () => Store.Set("b", profile => profile), () => Store.Remove("a") })
        {
            var error = Assert.Throws<TokaifyException>(action);
            Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
            Assert.Contains(Store.Path, error.Message);
            Assert.Contains(flaw, error.Message);
            Assert.DoesNotContain("sk-Exposed", error.ToString());
        }

        Assert.Equal(text, File.ReadAllText(Store.Path));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Store.Path)!, "*.tmp"));
    }

    [Theory]
    [InlineData("model", "\\n", "the model")]
    [InlineData("secretName", "\\u001b[31m", "the name of the secret")]
    [InlineData("baseUri", "https://relay.test/\\u202e", "the relay's address")]
    [InlineData("proxy", "http://proxy.test/\\u2067", "the proxy's address")]
    [InlineData("modelCatalogPath", "/\\u2028", "the path of the model catalogue")]
    [InlineData("journalPath", "/\\u0085", "the path of the journal")]
    public void The_error_for_control_characters_names_the_profile_and_the_setting(string name, string value, string setting)
    {
        Write($"{{\"version\": 1, \"profiles\": {{\"a\": {{\"{name}\": \"{value}\"}}}}}}");

        Assert.Contains($"in the profile 'a', {setting} has control characters", Assert.Throws<TokaifyException>(() => Store.Read()).Message);
    }

    [Fact]
    public void The_error_for_a_profile_that_is_not_set_names_the_profile_and_the_setting() => Assert.Equal(
        "The profile 'studio' cannot be set: the vault has control characters.",
        Assert.Throws<TokaifyException>(() => Store.Set("studio", _ => Whole() with { Vault = "wo\rk" })).Message);

    [Fact]
    public void Tabs_and_marks_of_scripts_from_right_to_left_are_valid_in_a_setting()
    {
        var path = Path.Combine(_folder, "\u05D0\u200F", "edits.jsonl");
        var settings = $"\"secretName\": \"x\\ty\u061C\", \"model\": \"\u200Em\", \"journalPath\": {System.Text.Json.JsonSerializer.Serialize(path)}";
        Write($"{{\"version\": 1, \"profiles\": {{\"a\": {{{settings}}}}}}}");
        Store.Set("a", profile => profile with { Model = "\u200En" });

        var profile = Store.Get("a");
        Assert.Equal(("x\ty\u061C", "\u200En", path), (profile.SecretName, profile.Model, profile.JournalPath));
        Store.Remove("a");
        Assert.Empty(Store.Read());
    }

    [Fact]
    public void Members_of_a_later_version_beside_the_profiles_stay_in_the_file()
    {
        Write("""{"version": 1, "defaultProfile": "studio", "profiles": {"studio": {}}, "later": {"a": [1, null]}}""");
        Store.Set("home", profile => profile);
        Store.Remove("studio");

        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Store.Path));
        Assert.Equal("studio", json.RootElement.GetProperty("defaultProfile").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("later").GetProperty("a").GetArrayLength());
        Assert.Equal(["home"], json.RootElement.GetProperty("profiles").EnumerateObject().Select(profile => profile.Name));
    }

    [Fact]
    public void A_file_in_another_encoding_is_damaged()
    {
        Write("");
        File.WriteAllBytes(Store.Path, [.. """{"version": 1, "profiles": {"a": {"model": "r"""u8, 0xE9, .. "\"}}}"u8]);

        Assert.Contains("it is damaged", Assert.Throws<TokaifyException>(() => Store.Read()).Message);
    }

    [Theory]
    [InlineData("""{"version": 1, "profiles": {"a\u001b[31mRED\n\u202e": {}}}""")]
    [InlineData("""{"version": 1, "profiles": {"a": {"model": 1}, "b\u001b]0;hi\u0007": {"model": 1}}}""")]
    public void A_name_in_the_file_brings_no_control_characters_into_an_error(string text)
    {
        Write(text);
        var error = Assert.Throws<TokaifyException>(() => Store.Read());

        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            Assert.DoesNotContain(cause.Message, ControlCharacters.Contains);
        }
    }

    [Fact]
    public void The_name_of_an_unknown_setting_is_shown_without_control_characters_and_kept_as_it_is()
    {
        Write("""{"version": 1, "profiles": {"a": {"x\u001b]0;hi\u0007y": 1}}}""");
        Store.Set("b", profile => profile);

        Assert.Equal(["xy"], Store.Get("a").UnknownSettings);
        Assert.Contains("\\u001B]0;hi\\u0007y", File.ReadAllText(Store.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../a")]
    [InlineData("-a")]
    public void An_invalid_name_is_refused_and_nothing_is_written(string name)
    {
        Assert.Equal(TokaifyErrorId.InvalidArgument, Assert.Throws<TokaifyException>(() => Store.Set(name, profile => profile)).ErrorId);
        Assert.False(File.Exists(Store.Path));
    }

    [Fact]
    public void A_proxy_with_a_user_is_not_set()
    {
        var error = Assert.Throws<TokaifyException>(() => Store.Set("a", profile => profile with { Proxy = new Uri("http://joe:sk-Exposed@proxy:8080") }));

        Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
        Assert.DoesNotContain("sk-Exposed", error.ToString());
        Assert.False(File.Exists(Store.Path));
    }

    [Fact]
    public void Parallel_writers_lose_no_profile()
    {
        Parallel.For(0, 12, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number => Store.Set($"p{number}", profile => profile with { Model = $"m{number}" }));

        Assert.Equal(
            Enumerable.Range(0, 12).Select(number => $"m{number}").OrderBy(model => model),
            Store.Read().Select(profile => profile.Model).OrderBy(model => model));
    }

    private void Write(string text)
    {
        // The store makes the folder as it has to be.
        Store.Set("first", profile => profile);
        File.WriteAllText(Store.Path, text);
    }

    private TokaifyProfile Whole() => new()
    {
        Name = "studio",
        BaseUri = new Uri("https://relay.test/tokaify"),
        Model = "gemini-3.1-flash-image",
        Proxy = new Uri("http://proxy.test:8080"),
        SecretName = "tokaify",
        Vault = "work",
        ModelCatalogPath = Path.Combine(_folder, "models.json"),
        ThrottleLimit = 8,
        RequestsPerMinute = 60,
        MaximumCost = 12.5m,
        MaximumWaitSec = 0,
        TimeoutSec = 90,
        JournalPath = Path.Combine(_folder, "journals") + Path.DirectorySeparatorChar,
    };
}
