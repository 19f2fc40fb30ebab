using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Tokaify.PowerShell;

/// <summary>The vaults of SecretManagement, from which a key is read. The key is not kept here.</summary>
/// <param name="session">The state of the user's session.</param>
/// <param name="host">The session's host; a vault may prompt through it if the session can prompt.</param>
/// <param name="isStopping">Whether the calling command is being stopped.</param>
internal sealed class SecretVaults(SessionState session, PSHost host, Func<bool> isStopping)
{
    /// <summary>The module that has the vaults.</summary>
    public const string ModuleName = "Microsoft.PowerShell.SecretManagement";

    private const string NotFoundId = "GetSecretNotFound";
    private const int LongestMessage = 500;

    // The time limit of a vault in a session that cannot prompt. Without a limit, a vault that waits for a password would never end. The
    // time is long enough for a vault on the network.
    private static readonly TimeSpan s_unattendedLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_completionLimit = TimeSpan.FromSeconds(3);

    private static readonly string s_install = typeof(PSObject).Assembly.GetName().Version is { Major: < 6 } ? "Install-Module" : "Install-PSResource";

    private readonly bool _canPrompt = Prompting.IsPossible(host.Name);

    /// <summary>Reads a key from a vault.</summary>
    /// <param name="secret">The name of the secret.</param>
    /// <param name="vault">The name of the vault; null to search all vaults, the default one first.</param>
    /// <exception cref="TokaifyException"><see cref="TokaifyErrorId.SecretUnavailable"/>.</exception>
    public ApiKey ReadKey(string secret, string? vault)
    {
        var runspace = new VaultRunspace(FindModule() ?? throw ModuleMissing(), session.LanguageMode, _canPrompt ? host : null);
        EnsureVault(runspace, vault);
        var parameters = new Hashtable { ["Name"] = secret };
        if (vault is not null)
        {
            parameters["Vault"] = vault;
        }

        var output = Run(runspace, "Get-Secret", parameters);
        return output.Values.Count > 0 ? ToKey(output.Values[0].BaseObject, secret, vault) : throw NotRead(output, secret, vault);
    }

    /// <summary>Returns the names of the vaults, or of the secrets of one vault or of all vaults, if they can be read without a prompt. It
    /// is used for completion, so it does not throw.</summary>
    /// <param name="command">Get-SecretVault or Get-SecretInfo.</param>
    /// <param name="vault">The vault of the secrets; null for all vaults.</param>
    public IReadOnlyList<string> FindNames(string command, string? vault)
    {
        try
        {
            if (FindModule() is not { } module)
            {
                return [];
            }

            var parameters = vault is null ? new Hashtable() : new Hashtable { ["Vault"] = vault };
            return NamesIn(new VaultRunspace(module, session.LanguageMode, host: null).Run(command, parameters, s_completionLimit, isStopping));
        }
        catch (Exception exception) when (exception is RuntimeException or TimeoutException)
        {
            return [];
        }
    }

    private static IReadOnlyList<string> NamesIn(VaultOutput output) =>
        [.. output.Values.Select(value => value.Properties["Name"]?.Value as string).OfType<string>().Distinct()];

    // The module is found by the user's session: a module that is already imported from any folder, otherwise one on the module path.
    private string? FindModule() => session.InvokeCommand.GetCommand($@"{ModuleName}\Get-Secret", CommandTypes.Cmdlet)?.Module?.Path;

    private void EnsureVault(VaultRunspace runspace, string? vault)
    {
        var names = NamesIn(Run(runspace, "Get-SecretVault", new Hashtable()));
        if (names.Count == 0)
        {
            throw Unavailable(
                "no vault is registered. Install one, such as Microsoft.PowerShell.SecretStore, and run Register-SecretVault as the same user.");
        }

        if (vault is not null && !names.Contains(vault, StringComparer.OrdinalIgnoreCase))
        {
            throw Unavailable($"there is no vault '{vault}'. Registered are {string.Join(", ", names)}.");
        }
    }

    private VaultOutput Run(VaultRunspace runspace, string command, Hashtable parameters)
    {
        try
        {
            return runspace.Run(command, parameters, _canPrompt ? null : s_unattendedLimit, isStopping);
        }
        catch (TimeoutException)
        {
            throw Unavailable($"the vault did not respond within {s_unattendedLimit.TotalSeconds} seconds.{PromptAdvice}");
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            throw Unavailable($"{ModuleName} cannot be loaded: {Shown(exception)}");
        }
    }

    private static ApiKey ToKey(object value, string secret, string? vault)
    {
        if (value is not SecureString key)
        {
            throw Unavailable(
                $"the {Named(secret, vault)} is a {value.GetType().Name}, and a key is a SecureString or a text. Set it with "
                + "Set-Secret -SecureStringSecret (Read-Host -AsSecureString).");
        }

        using (key)
        {
            try
            {
                return new ApiKey(key);
            }
            catch (TokaifyException exception)
            {
                throw Unavailable($"the {Named(secret, vault)} is not a key. {exception.Message}");
            }
        }
    }

    private TokaifyException NotRead(VaultOutput output, string secret, string? vault)
    {
        var failure = output.Errors.FirstOrDefault(error => !error.FullyQualifiedErrorId.StartsWith(NotFoundId, StringComparison.Ordinal));
        return failure is null
            ? Unavailable($"there is no {Named(secret, vault)}. Get-SecretInfo lists what there is; Set-Secret adds one.")
            : Unavailable($"the {Named(secret, vault)} could not be read: {Shown(failure.Exception)}{PromptAdvice}");
    }

    private string PromptAdvice => _canPrompt
        ? ""
        : " This session cannot ask for a password: unlock the vault in it first (Unlock-SecretStore, Unlock-SecretVault), or use a vault "
            + "that needs none.";

    private static string Named(string secret, string? vault) => $"secret '{secret}'{(vault is null ? "" : $" in the vault '{vault}'")}";

    // The message of a vault comes from outside, so control characters are removed.
    private static string Shown(Exception exception)
    {
        var cause = exception.InnerException is { } inner && !exception.Message.Contains(inner.Message) ? $" {inner.Message}" : "";
        var text = TextSanitizer.InOneLine(ControlCharacters.Remove(exception.Message + cause));
        return TextSanitizer.Shorten(text, LongestMessage).TrimEnd('.') + ".";
    }

    private static TokaifyException ModuleMissing() => Unavailable(
        $"the module {ModuleName} is not installed. Run {s_install} {ModuleName}, and install and register a vault, such as "
        + "Microsoft.PowerShell.SecretStore.");

    private static TokaifyException Unavailable(string flaw) => new(TokaifyErrorId.SecretUnavailable, $"The key cannot be taken from a vault: {flaw}");
}
