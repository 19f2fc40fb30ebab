using System.Security.Cryptography;
using Tokaify.Emulation;
using Tokaify.Tests.Emulator;
using Xunit;

namespace Tokaify.Tests.Faults;

/// <summary>The outcome of an edit with a fault.</summary>
public sealed class EditFaultTests
{
    // A fault has random details, such as the format of its error, so each row is run with several seeds.
    private const int Seeds = 6;

    [Theory]
    [InlineData(EmulatorFault.RequestTimeout, TokaifyErrorId.Timeout, 408, "did not arrive in time")]
    [InlineData(EmulatorFault.Conflict, TokaifyErrorId.ServiceUnavailable, 409, "was aborted")]
    [InlineData(EmulatorFault.RateLimit, TokaifyErrorId.RateLimited, 429, "Too many requests; slow down")]
    [InlineData(EmulatorFault.RateLimitDate, TokaifyErrorId.RateLimited, 429, "Too many requests; slow down")]
    [InlineData(EmulatorFault.ServerError, TokaifyErrorId.ServiceUnavailable, 500, "An internal error has occurred")]
    [InlineData(EmulatorFault.BadGateway, TokaifyErrorId.ServiceUnavailable, 502, "Upstream gave a bad response")]
    [InlineData(EmulatorFault.Unavailable, TokaifyErrorId.ServiceUnavailable, 503, "The model is overloaded")]
    [InlineData(EmulatorFault.GatewayTimeout, TokaifyErrorId.Timeout, 504, "Upstream did not answer in time")]
    [InlineData(EmulatorFault.OriginUnreachable, TokaifyErrorId.ServiceUnavailable, null, "The origin could not be reached")]
    [InlineData(EmulatorFault.OriginTimeout, TokaifyErrorId.Timeout, 524, "The origin took too long")]
    [InlineData(EmulatorFault.Overloaded, TokaifyErrorId.ServiceUnavailable, 529, "The service is overloaded")]
    [InlineData(EmulatorFault.Html502, TokaifyErrorId.ServiceUnavailable, 502, "502 Bad Gateway")]
    [InlineData(EmulatorFault.Html504, TokaifyErrorId.Timeout, 504, "504 Gateway Time-out")]
    [InlineData(EmulatorFault.Html524, TokaifyErrorId.Timeout, 524, "524: A timeout occurred")]
    [InlineData(EmulatorFault.Error200, TokaifyErrorId.ServiceUnavailable, 200, "The model is overloaded")]
    [InlineData(EmulatorFault.EarlyRateLimit, TokaifyErrorId.RateLimited, 429, "Too many requests; slow down")]
    [InlineData(EmulatorFault.Cut, TokaifyErrorId.ConnectionFailed, null, "The connection to")]
    [InlineData(EmulatorFault.Truncated, TokaifyErrorId.BadResponse, 200, "ends too early")]
    [InlineData(EmulatorFault.Reset, TokaifyErrorId.ConnectionFailed, null, "The connection to")]
    public Task A_transient_fault_is_tried_again_and_ends_in_its_error(EmulatorFault fault, TokaifyErrorId id, int? status, string words) =>
        FailsAsync(fault, id, status, words, attempts: 2);

    [Theory]
    [InlineData(EmulatorFault.BadRequest, TokaifyErrorId.InvalidRequest, 400, "The request cannot be served as it is")]
    [InlineData(EmulatorFault.Unauthorized, TokaifyErrorId.Unauthorized, 401, "The token is not valid")]
    [InlineData(EmulatorFault.EchoKey, TokaifyErrorId.Unauthorized, 401, "Incorrect token provided: ****")]
    [InlineData(EmulatorFault.PaymentRequired, TokaifyErrorId.QuotaExceeded, 402, "Insufficient balance")]
    [InlineData(EmulatorFault.Forbidden, TokaifyErrorId.Unauthorized, 403, "may not use this model")]
    [InlineData(EmulatorFault.NotFound, TokaifyErrorId.ModelNotFound, 404, "There is no channel for this model")]
    [InlineData(EmulatorFault.TooLarge, TokaifyErrorId.PayloadTooLarge, 413, "The request is too large")]
    [InlineData(EmulatorFault.Html413, TokaifyErrorId.PayloadTooLarge, 413, "413 Request Entity Too Large")]
    [InlineData(EmulatorFault.EarlyUnauthorized, TokaifyErrorId.Unauthorized, 401, "The token is not valid")]
    [InlineData(EmulatorFault.EarlyTooLarge, TokaifyErrorId.PayloadTooLarge, 413, "The request is too large")]
    [InlineData(EmulatorFault.LoginPage, TokaifyErrorId.BadResponse, 200, "Sign in to continue")]
    [InlineData(EmulatorFault.Refusal200, TokaifyErrorId.InvalidRequest, 200, "The request cannot be served as it is")]
    [InlineData(EmulatorFault.Failure200, TokaifyErrorId.BadResponse, 200, "The task could not be made")]
    [InlineData(EmulatorFault.PromptBlocked, TokaifyErrorId.ContentBlocked, 200, "(PROHIBITED_CONTENT): The prompt was blocked")]
    [InlineData(EmulatorFault.Safety, TokaifyErrorId.ContentBlocked, 200, "(SAFETY)")]
    [InlineData(EmulatorFault.ImageSafety, TokaifyErrorId.ContentBlocked, 200, "(IMAGE_SAFETY)")]
    [InlineData(EmulatorFault.ProhibitedContent, TokaifyErrorId.ContentBlocked, 200, "(PROHIBITED_CONTENT)")]
    [InlineData(EmulatorFault.Recitation, TokaifyErrorId.ContentBlocked, 200, "(RECITATION)")]
    [InlineData(EmulatorFault.ImageRecitation, TokaifyErrorId.ContentBlocked, 200, "(IMAGE_RECITATION)")]
    [InlineData(EmulatorFault.NoImage, TokaifyErrorId.NoImageReturned, 200, "(NO_IMAGE)")]
    [InlineData(EmulatorFault.ImageOther, TokaifyErrorId.NoImageReturned, 200, "(IMAGE_OTHER)")]
    [InlineData(EmulatorFault.MaxTokens, TokaifyErrorId.NoImageReturned, 200, "(MAX_TOKENS)")]
    [InlineData(EmulatorFault.Other, TokaifyErrorId.NoImageReturned, 200, "(OTHER)")]
    [InlineData(EmulatorFault.TextOnly, TokaifyErrorId.NoImageReturned, 200, "I cannot make this picture")]
    [InlineData(EmulatorFault.NoCandidates, TokaifyErrorId.NoImageReturned, 200, "returned no picture")]
    [InlineData(EmulatorFault.EndlessText, TokaifyErrorId.BadResponse, 200, "a text in it is longer than")]
    [InlineData(EmulatorFault.BadBase64, TokaifyErrorId.BadResponse, 200, "Base64")]
    [InlineData(EmulatorFault.NotAPicture, TokaifyErrorId.BadResponse, 200, "picture")]
    public Task A_permanent_fault_is_not_tried_again(EmulatorFault fault, TokaifyErrorId id, int? status, string words) =>
        FailsAsync(fault, id, status, words, attempts: 1);

    [Theory]
    [InlineData(EmulatorFault.SnakeCase)]
    [InlineData(EmulatorFault.PrettyPrinted)]
    [InlineData(EmulatorFault.DataFirst)]
    [InlineData(EmulatorFault.UnknownFields)]
    [InlineData(EmulatorFault.Escaped)]
    [InlineData(EmulatorFault.Draft)]
    [InlineData(EmulatorFault.WrongMimeType)]
    [InlineData(EmulatorFault.Markdown)]
    [InlineData(EmulatorFault.Link)]
    [InlineData(EmulatorFault.Gzip)]
    [InlineData(EmulatorFault.Dribble)]
    public Task An_odd_but_good_response_is_saved_like_any_other(EmulatorFault fault) => IsSavedAsync(fault);

    private static async Task IsSavedAsync(EmulatorFault fault)
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [fault] });
        using var caller = new ClientCaller(emulator.BaseUri);

        var result = await caller.EditAsync();

        Assert.Equal(["cat-edited.png"], caller.Folder.Names);
        AssertMadeFromTheSource(result.Path!);
        Assert.Equal(("image/png", "STOP", 1), (result.Images[0].MimeType, result.FinishReason, result.Attempts));
        Assert.NotNull(result.Usage!.TotalTokenCount);
        Assert.NotNull(result.ResponseId);
    }

    [Fact]
    public async Task Several_images_are_saved_one_beside_the_other()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.SeveralImages] });
        using var caller = new ClientCaller(emulator.BaseUri);

        var result = await caller.EditAsync();

        Assert.Equal(["cat-edited-2.png", "cat-edited.png"], caller.Folder.Names);
        Assert.Equal([null, "1"], result.Images.Select(image => new PngFile(File.ReadAllBytes(image.Path)).Text("Variant")));
        Assert.Equal("And another one:", result.Text);
    }

    [Fact]
    public async Task A_dead_link_is_one_edit_and_one_download()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.DeadLink] });
        using var caller = new ClientCaller(emulator.BaseUri);

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.LinkFailed, 404, 1, 2), (error.ErrorId, error.StatusCode, error.Attempts, emulator.RequestCount));
        Assert.NotNull(error.RequestId);
    }

    [Fact]
    public async Task An_image_is_saved_if_its_response_is_cut_behind_it()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.CutAfterImage] });
        using var caller = new ClientCaller(emulator.BaseUri);

        var result = await caller.EditAsync();

        Assert.Equal(["cat-edited.png"], caller.Folder.Names);
        AssertMadeFromTheSource(result.Path!);
        Assert.Equal((1, 1), (result.Attempts, emulator.RequestCount));
    }

    [Theory]
    [InlineData("EarlyUnauthorized", TokaifyErrorId.Unauthorized)]
    [InlineData("EarlyTooLarge", TokaifyErrorId.PayloadTooLarge)]
    public async Task An_early_response_is_reported_for_a_large_image_as_well(string fault, TokaifyErrorId id)
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [Enum.Parse<EmulatorFault>(fault)] });
        using var caller = new ClientCaller(emulator.BaseUri);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("large.png"), [.. TestImages.Bytes("plain.png"), .. new byte[30 * 1024 * 1024]]);
        caller.Edit = caller.Edit with { Request = caller.Edit.Request with { Images = [SourceImage.Inspect(folder.File("large.png"))] } };

        var error = await caller.FailAsync();

        Assert.Equal(id, error.ErrorId);
        Assert.InRange(error.Attempts, 1, OperatingSystem.IsWindows() ? 2 : 1);
    }

    [Fact]
    public async Task Silence_ends_in_a_timeout()
    {
        using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [EmulatorFault.Silence] });
        using var caller = new ClientCaller(
            emulator.BaseUri, Edits.OneRetry with { AttemptTimeout = TimeSpan.FromMilliseconds(100) });

        var error = await caller.FailAsync();

        Assert.Equal((TokaifyErrorId.Timeout, 2), (error.ErrorId, error.Attempts));
    }

    [Fact]
    public async Task A_transient_fault_that_passes_leaves_only_the_image()
    {
        using var emulator = RelayEmulator.Start(
            new EmulatorOptions { Faults = [EmulatorFault.Transient], FaultRate = 0.8, FaultSeed = 5 });
        using var caller = new ClientCaller(emulator.BaseUri, Edits.OneRetry with { MaximumRetryCount = 100 });
        var retries = 0;

        var result = await caller.EditAsync(_ => retries++);

        Assert.Equal(["cat-edited.png"], caller.Folder.Names);
        AssertMadeFromTheSource(result.Path!);
        Assert.Equal((retries + 1, emulator.RequestCount), (result.Attempts, (long)result.Attempts));
        Assert.InRange(retries, 1, 100);
    }

    [Fact]
    public void Every_fault_has_a_row()
    {
        var rows = GetType().GetMethods()
            .SelectMany(method => method.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false))
            .Select(row => ((InlineDataAttribute)row).GetData(null!).Single()[0])
            .OfType<EmulatorFault>()
            .Concat([EmulatorFault.SeveralImages, EmulatorFault.CutAfterImage, EmulatorFault.Silence, EmulatorFault.DeadLink]);

        Assert.Equal(
            Enum.GetValues<EmulatorFault>().Where(fault => fault > EmulatorFault.Odd),
            rows.Order());
    }

    private static async Task FailsAsync(EmulatorFault fault, TokaifyErrorId id, int? status, string words, int attempts)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var emulator = RelayEmulator.Start(new EmulatorOptions { Faults = [fault], FaultSeed = seed });
            using var caller = new ClientCaller(emulator.BaseUri);

            var error = await caller.FailAsync();

            Assert.Equal((id, attempts), (error.ErrorId, error.Attempts));
            Assert.Equal(attempts, emulator.RequestCount);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
            if (status is not null)
            {
                Assert.Equal(status, error.StatusCode);
                Assert.NotNull(error.RequestId);
            }
        }
    }

    private static void AssertMadeFromTheSource(string path) => Assert.Equal(
        Convert.ToHexStringLower(SHA256.HashData(TestImages.Bytes("plain.png"))),
        new PngFile(File.ReadAllBytes(path)).Text("Source-SHA256"));
}
