using System.Diagnostics;

namespace Tokaify.Tests;

/// <summary>A batch that resumes from a journal, in a process that may be killed during it.</summary>
internal static class Batch
{
    private const int Count = 12;
    private const int InFlight = 3;

    /// <summary>Edits what the journal does not have yet.</summary>
    /// <param name="address">The relay's.</param>
    /// <param name="folder">For the images and the journal.</param>
    /// <param name="killAfter">The number of images after which the process is killed like by the task manager; 0 to not kill it.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Uri address, string folder, int killAfter)
    {
        using var journal = new JournalWriter(Path.Combine(folder, "edits.jsonl"), resumes: true);
        journal.Open();
        new ImageFolder(folder).Prepare();
        using var client = Edits.Client(address, options: new TokaifyClientOptions { Journal = journal });
        var saved = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Count),
            new ParallelOptions { MaxDegreeOfParallelism = InFlight },
            async (number, token) =>
            {
                var result = await client.EditAsync(EditOf(folder, number), cancellationToken: token);
                Console.WriteLine($"{result.Status} {Path.GetFileName(result.Path)}");
                if (result.Status == ImageEditStatus.Saved && Interlocked.Increment(ref saved) == killAfter)
                {
                    Process.GetCurrentProcess().Kill();
                }
            });
        return journal.Complete() is null ? 0 : 1;
    }

    private static ImageEdit EditOf(string folder, int number)
    {
        var request = new ImageRequest { Prompt = $"Number {number}.", Images = [SourceImage.Inspect(TestImages.Path("palette.png"))] };
        return new ImageEdit
        {
            Request = request,
            Folder = new ImageFolder(folder),
            Names = new PictureNames(new OutputName($"picture-{number}"), "", request.Model, DateTime.Now),
        };
    }
}
