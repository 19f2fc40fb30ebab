using Tokaify.PowerShell;

using Xunit;

namespace Tokaify.Tests.Pipeline;

/// <summary>The plan for an order, made before anything is sent.</summary>
public sealed class EditPlannerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_variation_has_a_name_and_a_seed_of_its_own()
    {
        var edits = new EditPlanner(ExistingFiles.Keep).Plan(Order(count: 3, seed: 7));

        Assert.Equal(["cat-edited", "cat-edited-2", "cat-edited-3"], edits.Select(edit => edit.Names.Of(1)));
        Assert.Equal([7, 8, 9], edits.Select(edit => edit.Request.Seed));
        Assert.Equal([1, 2, 3], edits.Select(edit => edit.Index));
        Assert.Equal(["plain.png (variation 1)", "plain.png (variation 2)", "plain.png (variation 3)"], edits.Select(edit => edit.Label));
    }

    [Theory]
    [InlineData(nameof(ExistingFiles.Overwrite), "cat-edited-2")]
    [InlineData(nameof(ExistingFiles.Skip), "cat-edited-2")]
    [InlineData(nameof(ExistingFiles.Keep), "cat-edited")]
    public void Names_are_assigned_once_if_existing_files_are_skipped_or_replaced(string existing, string second)
    {
        var planner = new EditPlanner(Enum.Parse<ExistingFiles>(existing));

        var first = Assert.Single(planner.Plan(Order()));
        var other = Assert.Single(planner.Plan(Order()));

        Assert.Equal(("cat-edited", second), (first.Names.Of(1), other.Names.Of(1)));
    }

    [Fact]
    public void An_order_that_is_sent_again_keeps_the_name_and_the_seed_of_its_variation()
    {
        var edit = Assert.Single(new EditPlanner(ExistingFiles.Keep).Plan(Order(count: 3, seed: 8) with { Only = 2 }));

        Assert.Equal(("cat-edited-2", 8, 2), (edit.Names.Of(1), edit.Request.Seed, edit.Index));
    }

    [Fact]
    public void An_existing_image_is_skipped_only_if_that_is_requested()
    {
        File.Copy(TestImages.Path("plain.png"), _folder.File("cat-edited.png"));

        var found = Find(ExistingFiles.Skip);

        Assert.Equal((ImageEditStatus.Skipped, _folder.File("cat-edited.png")), (found!.Status, found.Path));
        Assert.Null(Find(ExistingFiles.Keep));
        Assert.Null(Find(ExistingFiles.Overwrite));
    }

    [Fact]
    public void A_file_that_is_not_an_image_under_the_images_name_is_an_error_that_says_what_to_do()
    {
        _folder.Write("cat-edited.png", "not an image"u8.ToArray());

        var error = Assert.Throws<TokaifyException>(() => Find(ExistingFiles.Skip));

        Assert.Equal(TokaifyErrorId.UnsupportedImage, error.ErrorId);
        Assert.EndsWith("overwrite it with -Force.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_created_once()
    {
        var planner = new EditPlanner(ExistingFiles.Keep);
        var edit = Assert.Single(planner.Plan(Order() with { Destination = _folder.File("new") }));
        planner.Prepare(edit);
        Assert.True(Directory.Exists(_folder.File("new")));

        Directory.Delete(_folder.File("new"));
        planner.Prepare(edit);

        Assert.False(Directory.Exists(_folder.File("new")));
    }

    private ImageEditResult? Find(ExistingFiles existing)
    {
        var planner = new EditPlanner(existing);
        return planner.FindExisting(Assert.Single(planner.Plan(Order())));
    }

    private EditOrder Order(int count = 1, int? seed = null) => new(
        new ImageRequest
        {
            Prompt = "Make it evening.",
            Model = "gemini-2.5-flash-image",
            Seed = seed,
            Images = [SourceImage.Inspect(TestImages.Path("plain.png"))],
        },
        new OutputName(OutputName.DefaultTemplate),
        _folder.Path,
        count)
    {
        Name = "cat",
    };
}
