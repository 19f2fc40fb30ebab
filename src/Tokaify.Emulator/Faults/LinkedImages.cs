namespace Tokaify.Emulation;

/// <summary>The images behind the links of responses. The last ones are kept, and served without a key.</summary>
internal sealed class LinkedImages
{
    private const string Folder = "/images/";

    // More than the number of requests in flight.
    private const int Kept = 64;

    private readonly Queue<(string Path, byte[] Image)> _images = new();

    /// <summary>Replaces the image of a response with a link.</summary>
    /// <param name="response">The response. If it has no image, it is returned unchanged.</param>
    /// <param name="origin">The emulator's address in the client's request.</param>
    /// <param name="isDead">Whether the image is not kept, so that the link is dead.</param>
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

    /// <summary>The response to a request for an image; null if it is another request, or if there is no such image.</summary>
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
