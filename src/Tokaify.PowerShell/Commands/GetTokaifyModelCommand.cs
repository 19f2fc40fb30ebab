using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using Tokaify.Resilience;

namespace Tokaify.PowerShell.Commands;

/// <summary>Lists the models that edit images, from the module's catalogue, without network and key. With -Online, the catalogue is
/// compared with the relay's own list.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyModel")]
[OutputType(typeof(ImageModel))]
public sealed class GetTokaifyModelCommand : ConnectedCommand, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<ImageModel> _models = [];

    /// <summary>The models' names. Wildcards are accepted. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Asks the relay for its models: each model is marked as available or not, and further models are listed by name.</summary>
    [Parameter]
    public SwitchParameter Online { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var catalog = Require(() => GivenContext().Over(Session.Context).WithProfile().Models);
        _models = Online ? catalog.HeldAgainst(Require(AskRelay)) : catalog.Models;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(ModelCatalog.BareName(name), WildcardOptions.IgnoreCase);
            var models = _models.Where(model => pattern.IsMatch(model.Name)).ToList();
            WriteObject(models, enumerateCollection: true);
            if (models.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(NotFound(name), name);
            }
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stopping.Cancel();

    /// <summary>Releases the token source.</summary>
    public void Dispose() => _stopping.Dispose();

    private TokaifyException NotFound(string name) => new(
        TokaifyErrorId.ModelNotFound,
        Online
            ? $"Neither the catalogue nor the relay has a model '{name}'. Get-TokaifyModel -Online lists all."
            : $"The catalogue has no model '{name}'. Get-TokaifyModel lists all; -Model takes any other name as it is.");

    private IReadOnlyList<string> AskRelay()
    {
        var context = WithKey(TakeContext());
        var connection = context.ToConnection();
        UseConnection(connection);
        using var client = new TokaifyClient(connection, OptionsFor(context));
        WriteVerbose($"Asking {connection.BaseUri} for its models.");
        using var retries = new BlockingCollection<RetryNotice>();
        var listing = Task.Run(async () =>
        {
            try
            {
                return await client.ListModelsAsync(retries.Add, _stopping.Token).ConfigureAwait(false);
            }
            finally
            {
                retries.CompleteAdding();
            }
        });
        // Only the pipeline's thread may write. The collection is completed when the listing ends.
        foreach (var retry in retries.GetConsumingEnumerable())
        {
            WriteVerbose(string.Format(
                CultureInfo.InvariantCulture,
                "Attempt {0} failed; the next follows in {1:0.0} s. {2}",
                retry.Attempt, retry.Delay.TotalSeconds, retry.Reason.Message));
        }

        return Await(listing);
    }

    private IReadOnlyList<string> Await(Task<IReadOnlyList<string>> listing)
    {
        try
        {
            return listing.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
