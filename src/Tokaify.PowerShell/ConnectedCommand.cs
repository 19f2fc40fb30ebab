using System.Collections;
using System.Management.Automation;
using System.Security;

namespace Tokaify.PowerShell;

/// <summary>A command that talks to the relay: what it is given wins over the session, the environment and the defaults.</summary>
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

    /// <summary>The proxy to go through. Default: the session's, else the system's and the environment's.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ValueCompleter))]
    public Uri? Proxy { get; set; }

    /// <summary>The name and password for the proxy. Default: those in its address.</summary>
    [Parameter]
    [Credential]
    [ArgumentCompleter(typeof(ObjectCompleter))]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Lets the key travel over plain http to another machine, be it the relay or a proxy.</summary>
    [Parameter]
    public SwitchParameter AllowUnencryptedAuthentication { get; set; }

    /// <summary>How the command's requests name the module, PowerShell and the system.</summary>
    private protected string UserAgentOfSession => UserAgent.Of(
        "Tokaify.PowerShell",
        typeof(ConnectedCommand).Assembly.GetName().Version!,
        $"PowerShell {(SessionState.PSVariable.GetValue("PSVersionTable") as IDictionary)?["PSVersion"]}");

    /// <summary>The settings of a connection that this command was given as parameters.</summary>
    private protected TokaifyContext GivenContext() => Require(ReadGivenContext);

    /// <summary>The connection of this command: from its parameters, the runspace's connection, the environment, the defaults, in this order.
    /// To be called when the command begins, on the pipeline's thread.</summary>
    /// <param name="model">The model that the command is given.</param>
    private protected TokaifyContext TakeContext(string? model = null) => Require(() => ReadContext(model));

    /// <summary>The same for a command that goes on where there is none.</summary>
    /// <exception cref="TokaifyException">A parameter or a variable of the environment is invalid.</exception>
    private protected TokaifyContext ReadContext(string? model = null)
    {
        var known = (ReadGivenContext() with { Model = model }).Over(Session.Context);
        var context = known.WithDefaults();
        if (known.Key is null && context.Key is not null)
        {
            WarnOfEmulator(context);
        }

        return context;
    }

    /// <summary>Looks for what would stop every request.</summary>
    /// <exception cref="TokaifyException">Something would.</exception>
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
                $"{exception.Worded().Message} Another runspace of this process has a connection, which belongs to it alone. {PassOn}",
                exception);
        }
    }

    /// <summary>Looks for what would stop every request, and keeps what a client opens for the runspace's next commands.</summary>
    /// <exception cref="TokaifyException">The connection cannot serve.</exception>
    private protected void UseConnection(TokaifyConnection connection)
    {
        Validate(connection);
        Session.Keep(connection);
    }

    private TokaifyContext ReadGivenContext() => new()
    {
        BaseUri = BaseUri,
        Key = ApiKey is null ? null : new ApiKey(ApiKey),
        Proxy = Proxy,
        ProxyCredential = ProxyCredential?.GetNetworkCredential(),
        AllowUnencryptedAuthentication = AllowUnencryptedAuthentication,
    };

    // A user who started the emulator may believe that every runspace of the process is connected to it.
    private void WarnOfEmulator(TokaifyContext context)
    {
        if (Session.EmulatorOfAnother is { } emulator && !ConnectedRunspaces.IsEmulator(context.BaseUri!))
        {
            WriteWarning(
                $"This runspace uses the key in TOKAIFY_API_KEY and sends to {context.BaseUri}, where edits are billed; another runspace of "
                + $"this process is connected to the emulator at {emulator}. {PassOn} Or run Start-TokaifyEmulator here.");
        }
    }
}
