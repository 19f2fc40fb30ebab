using Tokaify.Tests.Http;

namespace Tokaify.Tests;

/// <summary>Edits with a journal, four at a time: begun again after it was killed, it sends what is not saved.</summary>
internal static class Batch
{
    private const int Throttle = 4;

    /// <returns>The exit code: 0 if each picture is there.</returns>
    public static async Task<int> RunAsync(Uri address, string path, int count)
    {
        var folder = new ImageFolder(Path.GetFullPath(path));
        folder.Prepare();
        using var journal = new JournalWriter(Path.Combine(folder.Path, "edits.jsonl"), resumes: true);
        journal.Open();
        using var client = Edits.Client(address, options: new TokaifyClientOptions { Journal = journal });
        var sent = 0;
        await Parallel.ForEachAsync(Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = Throttle }, async (number, _) =>
        {
            var edit = new ImageEdit
            {
                Request = new ImageRequest { Prompt = $"Picture {number}.", Images = [SourceImage.Inspect(TestPictures.Path("palette.png"))] },
                Folder = folder,
                Names = new PictureNames(new OutputName($"picture-{number}"), "", "model", DateTime.UnixEpoch),
            };
            if (journal.FindSaved(edit) is null)
            {
                await client.EditAsync(edit, cancellationToken: CancellationToken.None);
                Interlocked.Increment(ref sent);
            }
        });
        Console.WriteLine($"{sent} sent, {count - sent} were there");
        return journal.Complete() is null ? 0 : 1;
    }
}
