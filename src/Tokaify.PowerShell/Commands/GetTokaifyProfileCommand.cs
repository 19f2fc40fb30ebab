using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Lists the user's profiles. Profiles do not contain keys.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyProfile")]
[OutputType(typeof(TokaifyProfile))]
public sealed class GetTokaifyProfileCommand : TokaifyCommand
{
    private IReadOnlyList<TokaifyProfile> _profiles = [];

    /// <summary>The names. Wildcards are accepted. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void BeginProcessing() => _profiles = Require(() => ProfileStore.Default.Read());

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var found = _profiles.Where(profile => pattern.IsMatch(profile.Name)).ToList();
            WriteObject(found, enumerateCollection: true);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(ProfileStore.Default.NotFound(name, _profiles), name);
            }
        }
    }
}
