namespace Tokaify;

/// <summary>The relay's own list of models: in Google's form, else in OpenAI's.</summary>
internal static class RelayModels
{
    private const string GooglePath = "v1beta/models";
    private const string OpenAIPath = "v1/models";

    // Relays have hundreds of models. Without a limit, an endless list would be read until the user stops it.
    private const int PageLimit = 100;
    private const int NameLimit = 10_000;

    // The token becomes part of an address.
    private const int TokenLimit = 2048;

    /// <summary>The number of addresses that the list may have.</summary>
    public const int Addresses = 2;

    /// <summary>Requests all pages.</summary>
    /// <param name="getPage">Gets the page at an address.</param>
    /// <param name="addresses">The greatest number of addresses that are tried.</param>
    /// <returns>The names, without duplicates and without the prefix <c>models/</c>.</returns>
    /// <exception cref="TokaifyException">A page failed, or the list does not end.</exception>
    public static async Task<IReadOnlyList<string>> ListAsync(Func<string, Task<ModelPage>> getPage, int addresses = Addresses)
    {
        try
        {
            return await ListAsync(getPage, GooglePath).ConfigureAwait(false);
        }
        catch (TokaifyException exception) when (addresses > 1 && IsMissing(exception))
        {
            return await ListAsync(getPage, OpenAIPath).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<string>> ListAsync(Func<string, Task<ModelPage>> getPage, string path)
    {
        var names = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        var address = path;
        while (tokens.Count < PageLimit)
        {
            var page = await getPage(address).ConfigureAwait(false);
            names.AddRange(page.Names.Where(known.Add));
            if (names.Count > NameLimit)
            {
                throw Endless($"it has more than {NameLimit} names");
            }

            // If a token repeats, the list is complete: some relays return a token and ignore it in the next request.
            if (string.IsNullOrEmpty(page.NextPageToken) || !tokens.Add(page.NextPageToken!))
            {
                return names;
            }

            if (page.NextPageToken!.Length > TokenLimit)
            {
                throw Endless($"the token of its next page is longer than {TokenLimit} characters");
            }

            address = $"{path}?pageToken={Uri.EscapeDataString(page.NextPageToken!)}";
        }

        throw Endless($"it has more than {PageLimit} pages");
    }

    private static TokaifyException Endless(string reason) => new(
        TokaifyErrorId.BadResponse,
        $"The list of models cannot be used: {reason}. Check the base address and any proxy in front of the service.");

    // For an unknown address, relays return 404, 405, or their web page.
    private static bool IsMissing(TokaifyException exception) =>
        exception.StatusCode is 404 or 405 || (exception.StatusCode is >= 200 and < 300 && HtmlText.IsPage(exception.ResponseText));
}
