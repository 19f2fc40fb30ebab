using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
#if NET
using System.Runtime.Loader;
#endif

namespace Tokaify.PowerShell;

/// <summary>Collects the data of a <see cref="Diagnostic"/>. A part that cannot be read is left out, and the list of problems says
/// why.</summary>
/// <param name="command">The calling command.</param>
/// <param name="session">The session of its runspace.</param>
internal sealed class DiagnosticReader(PSCmdlet command, RunspaceSession session)
{
    private const string HiddenValue = "(set, not shown)";
    private const string OwnVariables = "TOKAIFY_";

    private static readonly string[] s_shown = ["TOKAIFY_MODEL_CATALOG", Tokaify.PowerShell.DefaultJournal.Variable, "TOKAIFY_PROFILE"];
    private static readonly string[] s_addresses = ["TOKAIFY_BASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
    private static readonly string[] s_assemblies =
    [
        "Tokaify.", "Polly", "System.Text.Json", "System.Text.Encodings.Web", "System.IO.Pipelines", "Microsoft.Bcl.", "System.Memory",
        "System.Threading.Tasks.Extensions", "System.Management.Automation",
    ];

    private readonly List<DiagnosticSetting> _problems = [];
    private PrivateText _clean = new(connection: null);

    /// <summary>Collects all parts.</summary>
    /// <param name="test">Tests the connection to the relay; null for no test.</param>
    public Diagnostic Read(Func<TokaifyContext, ConnectionTest>? test)
    {
        var context = Part("Connection", session.Context.WithDefaults);
        var connection = context?.ToConnection();
        _clean = new PrivateText(connection ?? session.Context.ToConnection());
        var diagnostic = new Diagnostic
        {
            Time = TimeOf(DateTime.UtcNow),
            Module = Part("Module", ReadModule),
            Platform = Part("Platform", ReadPlatform),
            Connection = context is null ? null : Part("Connection", () => ReadConnection(context)),
            Catalog = Part("Catalog", ReadCatalog),
            DefaultJournal = Part("DefaultJournal", () => ReadJournal(context)),
            Environment = Part("Environment", ReadEnvironment) ?? [],
            Assemblies = Part("Assemblies", ReadAssemblies) ?? [],
            Errors = Part("Errors", () => new ModuleErrors(_clean).In(command.SessionState.PSVariable.GetValue("global:Error"))) ?? [],
            Test = test is null || context is null ? null : Part("Test", () => ReadTest(test(context))),
        };
        return diagnostic with { Problems = _problems };
    }

    private T? Part<T>(string part, Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
#pragma warning disable CA1031 // If one part cannot be read, for whatever reason, the others must still be reported.
        catch (Exception exception) when (exception is not PipelineStoppedException)
#pragma warning restore CA1031
        {
            _problems.Add(new DiagnosticSetting(part, ReasonOf(exception)));
            return null;
        }
    }

    // The messages of other exceptions may quote any text.
    private string ReasonOf(Exception exception) =>
        exception is TokaifyException ? _clean.Of($"{nameof(TokaifyException)}: {exception.Message}") : exception.GetType().Name;

    private DiagnosticModule ReadModule()
    {
        var module = command.MyInvocation.MyCommand.Module;
        return new DiagnosticModule(module?.Version.ToString(), module is null ? null : _clean.Of(module.ModuleBase));
    }

    private DiagnosticPlatform ReadPlatform()
    {
        var facts = command.SessionState.PSVariable.GetValue("PSVersionTable") as IDictionary;
        var process = RuntimeInformation.ProcessArchitecture;
        return new DiagnosticPlatform(
            facts?["PSVersion"]?.ToString(),
            facts?["PSEdition"]?.ToString(),
            $"{command.Host.Name} {command.Host.Version}",
            command.SessionState.LanguageMode.ToString(),
            RuntimeInformation.OSDescription,
            process == RuntimeInformation.OSArchitecture ? $"{process}" : $"{process} on {RuntimeInformation.OSArchitecture}",
            RuntimeInformation.FrameworkDescription,
            CultureInfo.CurrentCulture.Name);
    }

    private DiagnosticConnection ReadConnection(TokaifyContext context)
    {
        var (own, proxy) = (session.Context, HttpTransport.FindProxy(context.ToConnection()));
        var profile = context.Settings is { } settings ? $"profile '{_clean.Of(settings.Name)}'" : null;
        return new DiagnosticConnection
        {
            BaseUri = _clean.Of(AddressText.TextOf(context.BaseUri!)),
            BaseUriSource = profile is not null ? profile : own.BaseUri is null ? (Variable("TOKAIFY_BASE_URL") is null ? "default" : "TOKAIFY_BASE_URL") : SourceOfSession(),
            KeySource = own.Key is not null ? SourceOfSession()
                : context.Settings is { SecretName: not null } ? $"vault, {profile}"
                : context.Key is null ? null : "TOKAIFY_API_KEY",
            Model = context.Model is null ? null : _clean.Of(context.Model),
            Proxy = proxy is null ? null : _clean.OfAddress(proxy.ToString()),
            ProxySource = proxy is null ? null : own.Proxy is not null ? "Connect-Tokaify" : context.Proxy is not null ? profile : "system or environment",
            HasProxyCredential = own.ProxyCredential is not null,
            AllowUnencryptedAuthentication = context.AllowUnencryptedAuthentication,
        };
    }

    private string SourceOfSession() =>
        session.Emulator is { } emulator && emulator.BaseUri == session.Context.BaseUri ? "Start-TokaifyEmulator" : "Connect-Tokaify";

    private DiagnosticTest ReadTest(ConnectionTest test) => new()
    {
        Succeeded = test.Succeeded,
        IsReachable = test.IsReachable,
        IsKeyAccepted = test.IsKeyAccepted,
        AvailableModels = test.AvailableModels.Count,
        MissingModels = [.. test.MissingModels.Select(name => _clean.Of(name))],
        Seconds = Math.Round(test.Duration.TotalSeconds, 1),
        ErrorId = test.ErrorId,
        StatusCode = test.StatusCode,
        Message = test.Message is null ? null : _clean.Of(test.Message),
    };

    private DiagnosticCatalog ReadCatalog()
    {
        var context = session.Context.WithProfile();
        var (catalog, file) = (context.Models, context.Settings?.ModelCatalogPath ?? Variable(UserModelCatalog.Variable)?.Trim());
        return new DiagnosticCatalog(
            catalog.Models.Count, _clean.Of(catalog.Default.Name), file is null ? null : _clean.Of(file), file is null ? null : TimeOf(File.GetLastWriteTimeUtc(file)));
    }

    private DiagnosticSetting? ReadJournal(TokaifyContext? context) =>
        DefaultJournal.Find(context?.Settings) is { } journal ? new DiagnosticSetting(journal.Origin, _clean.Of(journal.Path)) : null;

    private List<DiagnosticSetting> ReadEnvironment() =>
    [
        .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => ($"{variable.Key}", $"{variable.Value}"))
            .Where(variable => variable.Item2.Length > 0)
            .Select(variable => ReadVariable(variable.Item1, variable.Item2))
            .OfType<DiagnosticSetting>()
            .OrderBy(variable => variable.Name, StringComparer.Ordinal),
    ];

    private DiagnosticSetting? ReadVariable(string name, string value)
    {
        var known = name.ToUpperInvariant();
        return s_addresses.Contains(known) ? new DiagnosticSetting(name, _clean.OfAddress(value))
            : known == "NO_PROXY" || s_shown.Contains(known) ? new DiagnosticSetting(name, _clean.Of(value))
            : known.StartsWith(OwnVariables, StringComparison.Ordinal) ? new DiagnosticSetting(name, HiddenValue)
            : null;
    }

    private List<DiagnosticAssembly> ReadAssemblies() =>
    [
        .. AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && s_assemblies.Any(name => assembly.GetName().Name!.StartsWith(name, StringComparison.Ordinal)))
            .Select(assembly => new DiagnosticAssembly(
                assembly.GetName().Name!,
                assembly.GetName().Version?.ToString(),
                ContextOf(assembly),
                assembly.Location.Length == 0 ? null : _clean.Of(assembly.Location)))
            .OrderBy(assembly => assembly.Name, StringComparer.Ordinal),
    ];

#if NET
    private static string? ContextOf(Assembly assembly) =>
        AssemblyLoadContext.GetLoadContext(assembly) is { } context && context != AssemblyLoadContext.Default ? context.Name : null;
#else
    private static string? ContextOf(Assembly assembly) => null;
#endif

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string TimeOf(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
