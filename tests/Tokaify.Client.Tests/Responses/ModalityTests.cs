using Xunit;

namespace Tokaify.Tests.Responses;

public class ModalityTests
{
    [Theory]
    [InlineData("""{"candidatesTokenCount":1390,"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":100},{"modality":"IMAGE","tokenCount":1290}]}""", 1290)]
    [InlineData("""{"candidates_tokens_details":[{"token_count":1290,"modality":"IMAGE"}],"candidates_token_count":1290}""", 1290)]
    [InlineData("""{"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290},{"modality":"image","tokenCount":1120}]}""", 2410)]
    [InlineData("""{"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":100}]}""", 0)]
    [InlineData("""{"candidatesTokensDetails":[{"modality":"IMAGE"}]}""", 0)]
    [InlineData("""{"candidatesTokenCount":1290,"candidatesTokensDetails":[]}""", null)]
    [InlineData("""{"candidatesTokenCount":1290,"candidatesTokensDetails":null}""", null)]
    [InlineData("""{"candidatesTokenCount":1290,"promptTokensDetails":[{"modality":"IMAGE","tokenCount":258}]}""", null)]
    public async Task Counts_the_tokens_of_images_if_the_service_says_which_they_are(string usage, int? ofImages)
    {
        var reading = await Reading.OfAsync(ChunkedStream.Of(Response.Bytes($$"""{"usageMetadata":{{usage}}}"""), Chunking.Bytes));

        Assert.Null(reading.Failure);
        Assert.Equal(ofImages, reading.Usage?.CandidatesImageTokenCount);
    }
}
