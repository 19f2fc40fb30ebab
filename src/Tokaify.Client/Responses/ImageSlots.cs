namespace Tokaify;

/// <summary>Begins the images of one response. It limits their number, and keeps one file open at a time.</summary>
/// <param name="begin">Creates the file of an image.</param>
internal sealed class ImageSlots(Func<PendingImage> begin)
{
    /// <summary>The number of images that a response may hold.</summary>
    public const int Limit = 64;

    // Larger than Limit, because drafts and text that looks like an image have a temporary file for a while too.
    private const int BeginningLimit = 1024;

    // The limit for the sum of their lengths, checked before another image begins.
    private const long TotalLengthLimit = 1024 * 1024 * 1024;

    private readonly List<PendingImage> _images = [];
    private PendingImage? _last;
    private int _begun;

    /// <summary>Begins an image.</summary>
    /// <exception cref="BadResponseException">The response holds too many images.</exception>
    public PendingImage Begin()
    {
        if (_images.Count == Limit)
        {
            throw TooMany($"it has more than {Limit} images");
        }

        if (_begun == BeginningLimit)
        {
            throw TooMany($"it begins more than {BeginningLimit} images");
        }

        if (_images.Sum(image => image.Length) > TotalLengthLimit)
        {
            throw TooMany($"its images are longer than {TotalLengthLimit >> 20} MB together");
        }

        _last?.Park();
        _last = begin();
        _images.Add(_last);
        _begun++;
        return _last;
    }

    /// <summary>Removes an image that is not part of the result.</summary>
    public void Drop(PendingImage image)
    {
        image.Dispose();
        _images.Remove(image);
    }

    private static BadResponseException TooMany(string message) => new(message) { IsLostImage = true };
}
