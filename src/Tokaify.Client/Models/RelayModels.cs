namespace Tokaify;

/// <summary>The relay's own list of models: Google's form of it, else OpenAI's.</summary>
internal static class RelayModels
{
    private const string GooglePath = "v1beta/models";
    private const string OpenAIPath = "v1/models";

    /// <summary>Asks for every page.</summary>
    /// <param name="getPage">Gets the page at an address.</param>
    /// <returns>The names, each once, without the prefix <c>models/</c>.</returns>
    public static async Task<IReadOnlyList<string>> ListAsync(Func<string, Task<ModelPage>> getPage)
    {
        try
        {
            return await ListAsync(getPage, GooglePath).ConfigureAwait(false);
        }
        catch (TokaifyException exception) when (IsMissing(exception))
        {
            return await ListAsync(getPage, OpenAIPath).ConfigureAwait(false);
        }
    }

    private static async Task<IReadOnlyList<string>> ListAsync(Func<string, Task<ModelPage>> getPage, string path)
    {
        var names = new List<string>();
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        var address = path;
        while (true)
        {
            var page = await getPage(address).ConfigureAwait(false);
            names.AddRange(page.Names);
            // A token that comes again leads round in a circle: some relays hand one out and pay no heed to it.
            if (string.IsNullOrEmpty(page.NextPageToken) || !tokens.Add(page.NextPageToken!))
            {
                return [.. names.Distinct(StringComparer.Ordinal)];
            }

            address = $"{path}?pageToken={Uri.EscapeDataString(page.NextPageToken!)}";
        }
    }

    // An address that the relay does not have it answers with 404, with 405, or with the page that people see in a browser.
    private static bool IsMissing(TokaifyException exception) =>
        exception.StatusCode is 404 or 405 || (exception.StatusCode is >= 200 and < 300 && HtmlText.IsPage(exception.ResponseText));
}
