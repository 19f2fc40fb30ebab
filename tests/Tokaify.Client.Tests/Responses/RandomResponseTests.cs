using System.Text;
using Xunit;
using Xunit.Abstractions;

namespace Tokaify.Tests.Responses;

/// <summary>The reader compared with a simple reading of the whole document. The seeds are fixed, so failures are reproducible.</summary>
public class RandomResponseTests(ITestOutputHelper output)
{
#if NETFRAMEWORK
    // Mono takes twenty times as long for each.
    private const int Rounds = 100;
#else
    private const int Rounds = 500;
#endif

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_random_response_is_read_as_by_a_simple_reader(int seed) => await CompareAsync(seed, isDamaged: false);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_damaged_response_is_read_as_by_a_simple_reader_or_is_refused(int seed) => await CompareAsync(seed, isDamaged: true);

    private async Task CompareAsync(int seed, bool isDamaged)
    {
        using var folder = new TemporaryFolder();
        var (invalid, images) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random((seed * 1_000_000) + round);
            var responses = new RandomResponse(random);
            var bytes = isDamaged ? responses.Damage(responses.Next()) : responses.Next();
            var expected = JsonOracle.Read(bytes).ToString();

            var (actual, count) = await ReadAsync(bytes, random, folder);

            Assert.True(expected == actual, $"seed {seed}, round {round}:\n{Encoding.UTF8.GetString(bytes)}\nexpected {expected}\nactual {actual}");
            Assert.Empty(folder.Names);
            invalid += expected == "invalid" ? 1 : 0;
            images += count;
        }

        output.WriteLine($"{Rounds} responses, {invalid} of them invalid, {images} images");
        Assert.InRange(images, 1, int.MaxValue);
    }

    private static async Task<(string Description, int Pictures)> ReadAsync(byte[] bytes, Random random, TemporaryFolder folder)
    {
        var most = random.Next(1, 3) == 1 ? random.Next(1, 5) : random.Next(1, bytes.Length + 2);
        using var body = new ChunkedStream(bytes, () => random.Next(1, most + 1));
        try
        {
            using var response = await ResponseReader.ReadAsync(
                body, new ResponseHead(200, null, null), () => new ImageFolder(folder.Path).BeginImage(long.MaxValue), Edits.Errors, CancellationToken.None);
            if (response.Flaw is not null)
            {
                return ("invalid", 0);
            }

            var images = response.Images.Select(Reading.BytesOf).ToList();
            return (JsonOracle.Describe(images, response.Texts, response.FinishReason, response.Usage?.TotalTokenCount), images.Count);
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.BadResponse)
        {
            return ("invalid", 0);
        }
    }
}
