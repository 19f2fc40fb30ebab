using System.Text;
using System.Text.RegularExpressions;

namespace Tokaify.Tests.Responses;

/// <summary>Responses in tests: images and special bytes are named in them.</summary>
internal static class Response
{
    public const string Png = "palette.png";
    public const string Jpeg = "grayscale.jpg";
    public const string Webp = "lossy.webp";

    private static readonly Regex s_name = new("«([^»]+)»");

    /// <summary>The bytes of a response: <c>«file»</c> is that image's Base64, <c>«00»</c> a byte.</summary>
    public static byte[] Bytes(string document)
    {
        var bytes = new List<byte>();
        var end = 0;
        foreach (Match name in s_name.Matches(document))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(document[end..name.Index]));
            bytes.AddRange(Named(name.Groups[1].Value));
            end = name.Index + name.Length;
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(document[end..]));
        return [.. bytes];
    }

    public static string Base64(string image) => Convert.ToBase64String(TestImages.Bytes(image));

    private static byte[] Named(string name) =>
        name.Length == 2 ? Convert.FromHexString(name) : Encoding.ASCII.GetBytes(Base64(name));
}
