using System.Management.Automation;
using System.Security;

namespace Tokaify.PowerShell;

/// <summary>A command that talks to the relay. Its parameters take precedence over the session, the environment and the defaults.</summary>
public abstract class ConnectedCommand : TokaifyCommand
{
    private const string PassOn =
        "To use its connection here, run Connect-Tokaify -Context $using:context with what Get-TokaifyContext returned there.";

    /// <summary>The API key. Default: the session's (Connect-Tokaify), else the environment's TOKAIFY_API_KEY.</summary>
    [Parameter]
    [ValidateNotNull]
    [Key]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public SecureString? ApiKey { get; set; }

    /// <summary>The relay's address. Default: the session's, else the environment's TOKAIFY_BASE_URL, else the public one.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public Uri? BaseUri { get; set; }

    /// <summary>The proxy. Default: the session's, else that of the system or the environment.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public Uri? Proxy { get; set; }

    /// <summary>The proxy credentials. Default: those in the proxy's address.</summary>
    [Parameter]
    [Credential]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Allows sending the key over plain http to another machine: the relay or a proxy.</summary>
    [Parameter]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    /// <summary>The connection settings from this command's parameters.</summary>
    private protected TokaifyContext GivenContext() => Require(ReadGivenContext);

    /// <summary>The connection of this command: from its parameters, the runspace's connection, the environment and the defaults, in this
    /// order. Call it when the command begins, on the pipeline's thread.</summary>
    /// <param name="model">The command's model parameter.</param>
    private protected TokaifyContext TakeContext(string? model = null) => Require(() => ReadContext(model));

    /// <summary>The same, for a command that handles an invalid connection itself.</summary>
    /// <exception cref="TokaifyException">A parameter or an environment variable is invalid.</exception>
    private protected TokaifyContext ReadContext(string? model = null)
    {
        var known = (ReadGivenContext() with { Model = model }).Over(Session.Context);
        var context = known.WithDefaults();
        if ((known.Key is null && context.Key is not null) || (known.Settings is null && context.Settings is not null))
        {
            WarnOfEmulator(context);
        }

        return context;
    }

    /// <summary>Checks for problems that would make every request fail.</summary>
    /// <exception cref="TokaifyException">There is such a problem.</exception>
    private protected void Validate(TokaifyConnection connection)
    {
        try
        {
            connection.Validate();
        }
        catch (TokaifyException exception) when (exception.ErrorId == TokaifyErrorId.ApiKeyMissing && Session.IsAnotherConnected)
        {
            throw new TokaifyException(
                exception.ErrorId,
                $"{exception.Worded(Words.Of).Message} Another runspace of this process has a connection, which belongs to it alone. {PassOn}",
                exception);
        }
    }

    /// <summary>Validates the connection, and keeps the sockets of its clients open for the runspace's next commands.</summary>
    /// <exception cref="TokaifyException">The connection cannot be used.</exception>
    private protected void UseConnection(TokaifyConnection connection)
    {
        Validate(connection);
        Session.Keep(connection);
    }

    private TokaifyContext ReadGivenContext() => new()
    {
        BaseUri = BaseUri,
        Key = ApiKey is null ? null : new ApiKey(ApiKey),
        KeyOrigin = "the key given with -ApiKey",
        Proxy = Proxy,
        ProxyCredential = ProxyCredential?.GetNetworkCredential(),
        AllowUnencryptedAuthentication = AllowUnencryptedAuthentication,
    };

    // After starting the emulator, the user may expect that every runspace of the process is connected to it.
    private void WarnOfEmulator(TokaifyContext context)
    {
        if (Session.EmulatorOfAnother is { } emulator && !ConnectedRunspaces.IsEmulator(context.BaseUri!))
        {
            WriteWarning(
                $"This runspace uses {(context.Settings is null ? "the key in TOKAIFY_API_KEY" : "the profile in TOKAIFY_PROFILE")} and sends to "
                + $"{AddressText.TextOf(context.BaseUri!)}, where edits are billed; another runspace of "
                + $"this process is connected to the emulator at {emulator}. {PassOn} Or run Start-TokaifyEmulator here.");
        }
    }
}
