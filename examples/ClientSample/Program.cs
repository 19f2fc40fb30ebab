// The main job without PowerShell: edits the images of a folder through the client, against the emulator.
//
//   dotnet run --project examples/ClientSample -- <folder of images> <folder to save in>

using Tokaify;
using Tokaify.Emulation;

if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: ClientSample <folder of pictures> <folder to save in>");
    return 2;
}

using var emulator = RelayEmulator.Start();
using var client = new TokaifyClient(new TokaifyConnection
{
    BaseUri = emulator.BaseUri,
    ApiKey = ApiKey.FromPlainText("emulator"),
});
var folder = new ImageFolder(Path.GetFullPath(args[1]));
folder.Prepare();
var template = new OutputName(OutputName.DefaultTemplate);

var edits = Pictures(args[0]).Select(path => new ImageEdit
{
    Request = new ImageRequest
    {
        Prompt = "Change the background to a seaside sunset.",
        Images = [SourceImage.Inspect(path)],
    },
    Folder = folder,
    Names = new PictureNames(template, Path.GetFileNameWithoutExtension(path), ModelCatalog.BuiltIn.Default.Name, DateTime.Now),
    Overwrite = true,
});

Console.WriteLine($"{"Source",-24} {"SavedAs",-32} {"Size",11} {"Tokens",7} {"Seconds",7}");
foreach (var result in await Task.WhenAll(edits.Select(edit => client.EditAsync(edit))))
{
    var image = result.Images[0];
    Console.WriteLine(
        $"{Path.GetFileName(result.SourcePath),-24} {Path.GetFileName(image.Path),-32} {$"{image.Width}×{image.Height}",11} "
        + $"{result.Usage?.TotalTokenCount,7} {result.Duration.TotalSeconds,7:0.0}");
}

Console.WriteLine($"{Environment.NewLine}The pictures are in {folder.Path}");
return 0;

static IEnumerable<string> Pictures(string folder) => Directory.EnumerateFiles(Path.GetFullPath(folder))
    .Where(path => Path.GetExtension(path) is ".png" or ".jpg" or ".webp")
    .Order(StringComparer.Ordinal);
