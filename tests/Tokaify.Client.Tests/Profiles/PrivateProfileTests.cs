using System.Runtime.Versioning;
using Xunit;

namespace Tokaify.Tests.Profiles;

/// <summary>Who can read and write the profiles, where files have modes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateProfileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

    private ProfileStore Store => new(Path.Combine(_folder, "tokaify", "profiles.json"));

    private string StoreFolder => Path.GetDirectoryName(Store.Path)!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [UnixFact("files have no modes on Windows")]
    public void Only_the_owner_can_access_the_file_and_its_folder()
    {
        Store.Set("studio", profile => profile);

        Assert.Equal(Owner, File.GetUnixFileMode(Store.Path));
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(StoreFolder));
    }

    [UnixFact("files have no modes on Windows")]
    public void A_file_that_others_can_read_is_made_private_when_it_is_written()
    {
        Store.Set("studio", profile => profile);
        File.SetUnixFileMode(Store.Path, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Store.Set("home", profile => profile);

        Assert.Equal(Owner, File.GetUnixFileMode(Store.Path));
    }

    [UnixFact("files have no modes on Windows")]
    public void A_file_or_folder_that_others_can_write_is_refused()
    {
        Store.Set("studio", profile => profile);
        foreach (var (path, mode) in new[] { (Store.Path, UnixFileMode.GroupWrite), (Store.Path, UnixFileMode.OtherWrite), (StoreFolder, UnixFileMode.OtherWrite) })
        {
            var before = File.GetUnixFileMode(path);
            File.SetUnixFileMode(path, before | mode);

            foreach (var action in new Action[] { () => Store.Get("studio"), () => Store.Set("studio", profile => profile) })
            {
                var error = Assert.Throws<TokaifyException>(action);
                Assert.Equal(TokaifyErrorId.InvalidArgument, error.ErrorId);
                Assert.Contains($"other users can write '{path}'", error.Message);
            }

            File.SetUnixFileMode(path, before);
        }

        Assert.Equal("studio", Store.Get("studio").Name);
    }

    [UnixFact("files have no modes on Windows")]
    public void A_link_to_a_file_elsewhere_stays_a_link()
    {
        Store.Set("studio", profile => profile);
        var elsewhere = Path.Combine(_folder, "elsewhere.json");
        File.Move(Store.Path, elsewhere);
        File.CreateSymbolicLink(Store.Path, elsewhere);
        Store.Set("home", profile => profile);

        Assert.NotNull(new FileInfo(Store.Path).LinkTarget);
        Assert.Equal(2, new ProfileStore(elsewhere).Read().Count);
    }
}
