using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Language;

namespace Tokaify.PowerShell;

/// <summary>Completes the names of vaults and of their secrets, if they can be read without a prompt.</summary>
public sealed class SecretCompleter : IArgumentCompleter
{
    private const string UsualSecret = "tokaify";
    private const string UsualVault = "SecretStore";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var isVault = parameterName.Equals("Vault", StringComparison.OrdinalIgnoreCase);
        var vaults = new SecretVaults(RunspaceSession.CurrentState(), CurrentHost(), () => false);
        var names = isVault
            ? vaults.FindNames("Get-SecretVault", vault: null)
            : vaults.FindNames("Get-SecretInfo", fakeBoundParameters["Vault"]?.ToString());
        var toolTip = isVault ? "a registered vault" : "a secret in the vault";
        return names.Count > 0
            ? Completions.Of(wordToComplete, names.Select(name => (Completions.Quoted(name), toolTip)))
            : Completions.Of(wordToComplete, [isVault ? (UsualVault, "the name of a vault") : (UsualSecret, "the name of the secret that is the key")]);
    }

    private static PSHost CurrentHost()
    {
        var result = ScriptBlock.Create("$Host").InvokeReturnAsIs();
        return (PSHost)(result is PSObject wrapped ? wrapped.BaseObject : result);
    }
}
