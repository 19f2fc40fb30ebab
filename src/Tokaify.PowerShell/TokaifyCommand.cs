using System.Collections;
using System.Management.Automation;

namespace Tokaify.PowerShell;

/// <summary>The base of all commands: reports failures as error records with ids, categories and targets.</summary>
public abstract class TokaifyCommand : PSCmdlet, IBatchOutput
{
    private TokaifyContext? _connection;

    /// <summary>The session of the command's runspace.</summary>
    private protected RunspaceSession Session => field ??= RunspaceSession.Of(SessionState);

    /// <summary>Throws a terminating error.</summary>
    private protected void Throw(TokaifyException exception, object? target = null) =>
        ThrowTerminatingError(ToErrorRecord(exception, target));

    /// <summary>Writes a non-terminating error. The pipeline continues.</summary>
    private protected void WriteFailure(TokaifyException exception, object? target) =>
        WriteError(ToErrorRecord(exception, target));

    void IBatchOutput.WriteFailure(TokaifyException exception, object? target) => WriteFailure(exception, target);

    /// <summary>Returns a connection with its key. The key of a profile is read from the vault.</summary>
    /// <exception cref="TokaifyException">The profile names no secret, or the key cannot be read.</exception>
    private protected TokaifyContext WithKey(TokaifyContext context)
    {
        _connection = context;
        if (context.Key is not null || context.Settings is not { } profile)
        {
            return context;
        }

        return _connection = profile.SecretName is { } secret
            ? context with { Key = Session.KeyOf(profile, () => Vaults.ReadKey(secret, profile.Vault), WriteWarning), HasKeyOfProfile = true }
            : throw new TokaifyException(
                TokaifyErrorId.ApiKeyMissing,
                $"The profile '{profile.Name}' names no secret, and {TokaifyContext.KeyVariable} is not used with a profile. "
                + AdviceWords.GiveKeyOf(profile));
    }

    /// <summary>The texts for the advice of this command's errors.</summary>
    private protected AdviceWords Words => new(_connection, ParametersOfProfile);

    /// <summary>The names of the parameters whose values come from the connection's profile.</summary>
    private protected virtual IReadOnlyCollection<string> ParametersOfProfile => [];

    /// <summary>The options of a client for a connection.</summary>
    private protected TokaifyClientOptions OptionsFor(TokaifyContext context) => new()
    {
        UserAgent = UserAgent.Of("Tokaify.PowerShell", typeof(TokaifyCommand).Assembly.GetName().Version!, $"PowerShell {FactOfPowerShell("PSVersion")}"),
        WordAdvice = Words.Of,
        Catalog = context.OwnModels,
    };

    /// <summary>The edition and version of PowerShell.</summary>
    private protected string PowerShellOfSession => $"{FactOfPowerShell("PSEdition")} {FactOfPowerShell("PSVersion")}";

    /// <summary>Tests a connection. A failed request is returned, not thrown.</summary>
    private protected ConnectionTest RunTest(TokaifyContext context, int seconds, CancellationToken stopping)
    {
        var test = ConnectionTest.RunAsync(context.ToConnection(), TimeSpan.FromSeconds(seconds), OptionsFor(context), stopping).GetAwaiter().GetResult();
        if (test is { ErrorId: nameof(TokaifyErrorId.Unauthorized), StatusCode: 401 })
        {
            ForgetRefusedKey();
        }

        return test;
    }

    // The next command reads the key of the profile again: it may have been changed in the vault.
    private void ForgetRefusedKey()
    {
        if (_connection is { HasKeyOfProfile: true })
        {
            Session.ForgetRefusedKey();
        }
    }

    private object? FactOfPowerShell(string key) => (SessionState.PSVariable.GetValue("PSVersionTable") as IDictionary)?[key];

    /// <summary>The vaults of this session.</summary>
    private protected SecretVaults Vaults => new(SessionState, Host, () => Stopping);

    /// <summary>Runs a function. Its failure ends the command.</summary>
    private protected T Require<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (TokaifyException exception)
        {
            Throw(exception);
            throw;
        }
    }

    /// <summary>Runs an action. Its failure ends the command.</summary>
    private protected void Require(Action action) => Require<object?>(() =>
    {
        action();
        return null;
    });

    private ErrorRecord ToErrorRecord(TokaifyException exception, object? target)
    {
        if (exception.IsKeyRefused)
        {
            ForgetRefusedKey();
        }

        return new(exception.Worded(Words.Of), exception.ErrorId.ToString(), CategoryOf(exception.ErrorId), target is string text ? UnusableInput.Named(text) : target);
    }

    private static ErrorCategory CategoryOf(TokaifyErrorId id) => id switch
    {
        TokaifyErrorId.ApiKeyMissing or TokaifyErrorId.SecretUnavailable or TokaifyErrorId.Unauthorized => ErrorCategory.AuthenticationError,
        TokaifyErrorId.InsecureConnection => ErrorCategory.SecurityError,
        TokaifyErrorId.InvalidArgument or TokaifyErrorId.InvalidRequest => ErrorCategory.InvalidArgument,
        TokaifyErrorId.FileNotFound or TokaifyErrorId.ModelNotFound or TokaifyErrorId.ProfileNotFound => ErrorCategory.ObjectNotFound,
        TokaifyErrorId.UnsupportedImage => ErrorCategory.InvalidData,
        TokaifyErrorId.QuotaExceeded => ErrorCategory.QuotaExceeded,
        TokaifyErrorId.RateLimited or TokaifyErrorId.BudgetReached => ErrorCategory.LimitsExceeded,
        TokaifyErrorId.PayloadTooLarge => ErrorCategory.LimitsExceeded,
        TokaifyErrorId.ContentBlocked => ErrorCategory.PermissionDenied,
        TokaifyErrorId.NoImageReturned or TokaifyErrorId.BadResponse => ErrorCategory.InvalidResult,
        TokaifyErrorId.ServiceUnavailable => ErrorCategory.ResourceUnavailable,
        TokaifyErrorId.Timeout => ErrorCategory.OperationTimeout,
        TokaifyErrorId.ConnectionFailed => ErrorCategory.ConnectionError,
        TokaifyErrorId.LinkFailed => ErrorCategory.ReadError,
        TokaifyErrorId.SaveFailed => ErrorCategory.WriteError,
        TokaifyErrorId.JournalInUse => ErrorCategory.ResourceBusy,
        _ => ErrorCategory.NotSpecified,
    };
}
