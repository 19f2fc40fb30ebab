using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Adds a profile, or changes the given settings of an existing one. A profile does not contain a key.</summary>
/// <remarks>A setting with an empty value is removed.</remarks>
[Cmdlet(VerbsCommon.Set, "TokaifyProfile", SupportsShouldProcess = true)]
[OutputType(typeof(TokaifyProfile))]
public sealed class SetTokaifyProfileCommand : TokaifyCommand
{
    /// <summary>The name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The relay's address. Default: the public one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public Uri? BaseUri { get; set; }

    /// <summary>The model for commands that do not name one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string? Model { get; set; }

    /// <summary>The proxy's address, without credentials.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public Uri? Proxy { get; set; }

    /// <summary>The name of the secret that contains the key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? SecretName { get; set; }

    /// <summary>The vault that has the secret.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SecretCompleter))]
    public string? Vault { get; set; }

    /// <summary>A model catalogue with the relay's prices.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ModelCatalogPath { get; set; }

    /// <summary>The maximum number of requests in flight.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? ThrottleLimit { get; set; }

    /// <summary>The maximum number of requests that are started in a minute.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? RequestsPerMinute { get; set; }

    /// <summary>The limit for the cost of a batch.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(decimal))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public decimal? MaximumCost { get; set; }

    /// <summary>The longest wait for the end of an outage, in seconds.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? MaximumWaitSec { get; set; }

    /// <summary>The time limit of one attempt, in seconds; 0 for no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [NumberOrEmpty(typeof(int))]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public int? TimeoutSec { get; set; }

    /// <summary>The journal for commands that do not name one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? JournalPath { get; set; }

    /// <summary>Emits the profile.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var store = ProfileStore.Default;
            // A dry run also reports invalid settings.
            var planned = store.Plan(Name, With);
            if (ShouldProcess(Name, "Set the profile"))
            {
                planned = store.Set(Name, With);
                if (PassThru)
                {
                    WriteObject(planned);
                }
            }
        }
        catch (TokaifyException exception)
        {
            WriteFailure(exception, Name);
        }
    }

    private TokaifyProfile With(TokaifyProfile profile) => profile with
    {
        BaseUri = Given(nameof(BaseUri), AddressOrNull(BaseUri), profile.BaseUri),
        Model = Given(nameof(Model), TextOrNull(Model), profile.Model),
        Proxy = Given(nameof(Proxy), AddressOrNull(Proxy), profile.Proxy),
        SecretName = Given(nameof(SecretName), TextOrNull(SecretName), profile.SecretName),
        Vault = Given(nameof(Vault), TextOrNull(Vault), profile.Vault),
        ModelCatalogPath = Given(nameof(ModelCatalogPath), FullPath(ModelCatalogPath), profile.ModelCatalogPath),
        ThrottleLimit = Given(nameof(ThrottleLimit), ThrottleLimit, profile.ThrottleLimit),
        RequestsPerMinute = Given(nameof(RequestsPerMinute), RequestsPerMinute, profile.RequestsPerMinute),
        MaximumCost = Given(nameof(MaximumCost), MaximumCost, profile.MaximumCost),
        MaximumWaitSec = Given(nameof(MaximumWaitSec), MaximumWaitSec, profile.MaximumWaitSec),
        TimeoutSec = Given(nameof(TimeoutSec), TimeoutSec, profile.TimeoutSec),
        JournalPath = Given(nameof(JournalPath), FullPath(JournalPath), profile.JournalPath),
    };

    private T Given<T>(string parameter, T value, T before) => MyInvocation.BoundParameters.ContainsKey(parameter) ? value : before;

    private static string? TextOrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text!.Trim();

    private static Uri? AddressOrNull(Uri? address) => address is null || address.OriginalString.Length == 0 ? null : address;

    // A separator at the end marks a folder of journals. It is kept if resolving the path has removed it.
    private string? FullPath(string? path)
    {
        if (TextOrNull(path) is not { } text)
        {
            return null;
        }

        var full = new SourcePaths(SessionState.Path).Resolve(text);
        var isFolder = text[text.Length - 1] is '/' or '\\' && full[full.Length - 1] is not ('/' or '\\');
        return isFolder ? full + System.IO.Path.DirectorySeparatorChar : full;
    }
}
