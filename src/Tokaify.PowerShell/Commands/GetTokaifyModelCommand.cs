using System.Management.Automation;

namespace Tokaify.PowerShell.Commands;

/// <summary>Lists the models that edit pictures: from the catalogue in the module, without network and key.</summary>
[Cmdlet(VerbsCommon.Get, "TokaifyModel")]
[OutputType(typeof(ImageModel))]
public sealed class GetTokaifyModelCommand : TokaifyCommand
{
    /// <summary>The models' names. Wildcards are taken. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(ModelCatalog.BareName(name), WildcardOptions.IgnoreCase);
            var models = ModelCatalog.BuiltIn.Models.Where(model => pattern.IsMatch(model.Name)).ToList();
            WriteObject(models, enumerateCollection: true);
            if (models.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(
                    new TokaifyException(
                        TokaifyErrorId.ModelNotFound,
                        $"The catalogue has no model '{name}'. Get-TokaifyModel lists all; -Model takes any other name as it is."),
                    name);
            }
        }
    }
}
