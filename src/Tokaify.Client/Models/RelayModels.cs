namespace Tokaify;

/// <summary>The relay's own list of models: Google's form of it, else OpenAI's.</summary>
internal static class RelayModels
{
    private const string GooglePath = "v1beta/models";
    private const string OpenAIPath = "v1/models";

    // Relays have hundreds of models. A list without end would be asked for until the user stops it.
    private const int PageLimit = 100;
    private const int NameLimit = 10_000;

    // It goes into an address.
    private const int TokenLimit = 2048;

    /// <summary>The number of addresses at which the list may be.</summary>
    public const int Addresses = 2;

    /// <summary>Asks for every page.</summary>
    /// <param name="getPage">Gets the page at an address.</param>
    /// <param name="addresses">The number of addresses that are tried, at the most.</param>
    /// <returns>The names, each once, without the prefix <c>models/</c>.</returns>
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

            // A token that comes again leads round in a circle: some relays hand one out and pay no heed to it.
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
        $"The list of models cannot be used: {reason}. Check the base address and what stands between here and the service.");

    // An address that the relay does not have it answers with 404, with 405, or with the page that people see in a browser.
    private static bool IsMissing(TokaifyException exception) =>
        exception.StatusCode is 404 or 405 || (exception.StatusCode is >= 200 and < 300 && HtmlText.IsPage(exception.ResponseText));
}
