
namespace Tokaify.Tests.Responses;

/// <summary>The result of reading a response.</summary>
internal sealed record Reading
{
    public IReadOnlyList<byte[]> Pictures { get; private init; } = [];

    public IReadOnlyList<string> Extensions { get; private init; } = [];

    public IReadOnlyList<string> Texts { get; private init; } = [];

    public string? FinishReason { get; private init; }

    public string? BlockReason { get; private init; }

    public UsageMetadata? Usage { get; private init; }

    public string? ModelVersion { get; private init; }

    public string? ResponseId { get; private init; }

    public string? ErrorMessage { get; private init; }

    /// <summary>The flaw after the images.</summary>
    public ResponseFlaw? Flaw { get; private init; }

    public TokaifyException? Failure { get; private init; }

    /// <summary>Reads a response and makes sure that no temporary file stays.</summary>
    public static async Task<Reading> OfAsync(Stream body, long limit = 1024 * 1024)
    {
        using var folder = new TemporaryFolder();
        var reading = await ReadAsync(body, new ImageFolder(folder.Path), limit);
        Xunit.Assert.Empty(folder.Names);
        return reading;
    }

    private static async Task<Reading> ReadAsync(Stream body, ImageFolder folder, long limit)
    {
        try
        {
            using var response = await ResponseReader.ReadAsync(
                body, new ResponseHead(200, null, null), () => folder.BeginImage(limit), Edits.Errors, CancellationToken.None);
            return new Reading
            {
                Pictures = [.. response.Images.Select(BytesOf)],
                Extensions = [.. response.Images.Select(image => image.Header.Format.Extension())],
                Texts = [.. response.Texts],
                FinishReason = response.FinishReason,
                BlockReason = response.BlockReason,
                Usage = response.Usage,
                ModelVersion = response.ModelVersion,
                ResponseId = response.ResponseId,
                ErrorMessage = response.Error?.Message,
                Flaw = response.Flaw,
            };
        }
        catch (TokaifyException exception)
        {
            return new Reading { Failure = exception };
        }
    }

    public static byte[] BytesOf(PendingImage image)
    {
        var bytes = new byte[image.Length];
        image.ReadBack(bytes, bytes.Length);
        return bytes;
    }
}
