namespace Tokaify.Emulation;

/// <summary>The images of responses that have a link in their place: the last ones, for whoever asks, key or not.</summary>
internal sealed class LinkedImages
{
    private const string Folder = "/images/";

    // More than are under way at once.
    private const int Kept = 64;

    private readonly Queue<(string Path, byte[] Image)> _images = new();

    /// <summary>Puts a link in the place of a response's image.</summary>
    /// <param name="response">The response; one of words alone stays as it is.</param>
    /// <param name="origin">Where the emulator is, as its client says it.</param>
    /// <param name="isDead">Whether nothing is behind the link.</param>
    public RelayResponse Link(RelayResponse response, string origin, bool isDead)
    {
        var tree = ResponseTree.Of(response);
        if (tree.Image is not { } image)
        {
            return response;
        }

        var path = $"{Folder}{Guid.NewGuid():N}.png";
        if (!isDead)
        {
            Keep(path, Convert.FromBase64String((string)image["data"]!));
        }

        var part = tree.ImagePart!;
        part.Remove("inlineData");
        part["text"] = $"Here you are:\n\n![image]({origin}{path})\n";
        return tree.ToResponse();
    }

    /// <summary>The answer to a request for an image; null for another request, and where there is no such image.</summary>
    public RelayResponse? Find(RelayRequest request)
    {
        lock (_images)
        {
            return request.Method == "GET" && _images.FirstOrDefault(each => each.Path == request.Path).Image is { } image
                ? new RelayResponse { Status = 200, ContentType = ImageFormat.Png.MimeType(), Body = new ArraySegment<byte>(image) }
                : null;
        }
    }

    private void Keep(string path, byte[] image)
    {
        lock (_images)
        {
            _images.Enqueue((path, image));
            if (_images.Count > Kept)
            {
                _images.Dequeue();
            }
        }
    }
}
