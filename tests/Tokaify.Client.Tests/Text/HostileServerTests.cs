using System.Text;
using Tokaify.Resilience;
using Xunit;

namespace Tokaify.Tests.Text;

/// <summary>A service that repeats the key in every place and in every form, and sends control characters there.</summary>
public sealed class HostileServerTests
{
    private const string Key = "sk-9fK/2q+Zr7&Lw=Xc_4Vb~8Nm";

    private const string Steering = "a\u001B[2J\u001B]0;owned\ab\u009B31mc\rd\u202Ee\u2066f\bg\u007Fh\u0085i\u2028j\u200Ek\u061Cl\u001B";

    public static TheoryData<string> Places => [.. HostilePlaces.All.Keys];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task No_part_of_the_key_is_shown(string place)
    {
        foreach (var (name, form) in SecretForms.All)
        {
            var seen = await ObserveAsync(HostilePlaces.All[place](form(Key)), retries: name == "whole" ? 1 : 0);

            Assert.NotEmpty(seen.Texts);
            // Parts of a conversation are kept unchanged; parts of five characters contain no part of a key.
            foreach (var (where, text) in seen.Texts.Where(text => place != "texts" || text.Where != "turn"))
            {
                Assert.True(Leak.Find(text, Key) is null, $"{name}: {where} shows '{Leak.Find(text, Key)}': {text}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task No_control_character_is_shown(string place)
    {
        var seen = await ObserveAsync(HostilePlaces.All[place](Steering));

        // A conversation's texts are sent back to the service unchanged.
        foreach (var (where, text) in seen.Texts.Where(text => text.Where != "conversation"))
        {
            Assert.True(Leak.FindControl(text.ReplaceLineEndings("\n")) is null, $"{where} has {Leak.FindControl(text)}: {text}");
        }
    }

    private static async Task<Observed> ObserveAsync(byte[] response, int retries = 0)
    {
        var seen = new Observed();
        using var folder = new TemporaryFolder();
        await using var server = ScriptedServer.Answering(ScriptedResponse.Raw(response, closesConnection: true));
        var journal = folder.File("edits.jsonl");
        using var client = new TokaifyClient(
            new TokaifyConnection { BaseUri = server.BaseUri, ApiKey = ApiKey.FromPlainText(Key) },
            new TokaifyClientOptions
            {
                Retry = Edits.OneRetry with { MaximumRetryCount = retries, MaximumRetryInterval = TimeSpan.FromMilliseconds(1) },
                Journal = new JournalWriter(journal),
                EmbedMetadata = true,
                OnNotice = notice => seen.Add("notice", notice.Message),
            });
        var talk = new Conversation();
        await EditAsync(client, Edits.Of(folder), seen);
        await EditAsync(client, Edits.Of(folder) with { Conversation = talk }, seen);
        await ListAsync(client, seen);
        seen.Add("journal", await File.ReadAllTextAsync(journal));
        AddConversation(talk, folder, seen);
        foreach (var image in Directory.GetFiles(folder.Path, "*.png"))
        {
            seen.Add("metadata", Metadata(image));
        }

        return seen;
    }

    private static async Task EditAsync(TokaifyClient client, ImageEdit edit, Observed seen)
    {
        try
        {
            seen.Add(await client.EditAsync(edit, retry => AddRetry(retry, seen)));
        }
        catch (TokaifyException exception)
        {
            seen.Add("error", exception);
        }
    }

    private static async Task ListAsync(TokaifyClient client, Observed seen)
    {
        try
        {
            seen.Add("models", string.Join("\n", await client.ListModelsAsync(retry => AddRetry(retry, seen))));
        }
        catch (TokaifyException exception)
        {
            seen.Add("error", exception);
        }
    }

    private static void AddRetry(RetryNotice retry, Observed seen) => seen.Add("retry", retry.Reason);

    private static void AddConversation(Conversation talk, TemporaryFolder folder, Observed seen)
    {
        foreach (var turn in talk.Turns)
        {
            seen.Add("turn", turn.ToString());
        }

        ConversationFile.Save(talk, folder.File("talk.json"));
        seen.Add("conversation", File.ReadAllText(folder.File("talk.json")));
    }

    private static string Metadata(string image)
    {
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(image));
        var start = text.IndexOf("<x:xmpmeta", StringComparison.Ordinal);
        return start < 0 ? "" : text[start..text.IndexOf("</x:xmpmeta>", StringComparison.Ordinal)];
    }
}
