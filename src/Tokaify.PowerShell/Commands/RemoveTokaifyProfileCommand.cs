using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Removes profiles. Secrets in vaults are not removed.</summary>
[Cmdlet(VerbsCommon.Remove, "TokaifyProfile", SupportsShouldProcess = true)]
public sealed class RemoveTokaifyProfileCommand : TokaifyCommand
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            try
            {
                var store = ProfileStore.Default;
                // A dry run also reports a profile that does not exist.
                var profile = store.Get(name);
                if (ShouldProcess(profile.Name, "Remove the profile"))
                {
                    store.Remove(profile.Name);
                }
            }
            catch (TokaifyException exception)
            {
                WriteFailure(exception, name);
            }
        }
    }
}
