using Tokaify.PowerShell;
using Xunit;

namespace Tokaify.Tests.Report;

public class FileUrlTests
{
    [Theory]
    [InlineData("/work/report", "/work/report/cat.png", "cat.png")]
    [InlineData("/work/report", "/work/photos/a b.png", "../photos/a%20b.png")]
    [InlineData("/work/report/", "/work/report/x/cat.png", "x/cat.png")]
    [InlineData("/work", "/home/cat.png", "file:///home/cat.png")]
    [InlineData("/", "/cat.png", "file:///cat.png")]
    [InlineData("/work/a", "/work/A/cat.png", "../A/cat.png")]
    [InlineData("/work", "/work/a:b\\c.png", "a%3Ab%5Cc.png")]
    [InlineData(@"C:\work\report", @"c:\Work\report\cat.png", "cat.png")]
    [InlineData(@"C:\work\report", @"C:\work\photos\50% #1?.png", "../photos/50%25%20%231%3F.png")]
    [InlineData(@"C:\work", @"C:\other\cat.png", "file:///C:/other/cat.png")]
    [InlineData(@"C:\work", @"D:\photos\cat.png", "file:///D:/photos/cat.png")]
    [InlineData(@"C:\work", @"\\server\share\photos\été.png", "file://server/share/photos/%C3%A9t%C3%A9.png")]
    [InlineData(@"\\server\share\work", @"\\SERVER\share\work\cat.png", "cat.png")]
    [InlineData(@"\\server\share\work", @"\\server\other\cat.png", "file://server/other/cat.png")]
    [InlineData(@"C:\work", @"\\?\C:\work\cat.png", "cat.png")]
    [InlineData(@"C:\work", @"\\?\UNC\server\share\cat.png", "file://server/share/cat.png")]
    [InlineData("/work", @"C:\photos\cat.png", "file:///C:/photos/cat.png")]
    [InlineData("/work", "C:/photos/cat.png", "file:///C:/photos/cat.png")]
    public void A_file_is_named_from_the_pages_folder_on_or_from_the_root(string folder, string path, string url) =>
        Assert.Equal(url, FileUrl.Of(path, folder));

    [Theory]
    [InlineData("/cat.png", true)]
    [InlineData(@"C:\cat.png", true)]
    [InlineData(@"\\server\share\cat.png", true)]
    [InlineData("cat.png", false)]
    [InlineData("", false)]
    [InlineData("A red fox: /x", false)]
    public void A_path_has_a_root_by_its_form_and_not_by_the_system(string path, bool isRooted) =>
        Assert.Equal(isRooted, FileUrl.IsRooted(path));
}
