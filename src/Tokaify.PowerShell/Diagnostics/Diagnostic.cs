namespace Tokaify;

/// <summary>What a bug report needs: versions, platform, connection, settings and the last errors, without secrets. It converts to JSON: values are
/// texts, numbers and truth values.</summary>
public sealed record Diagnostic
{
    /// <summary>When it was made, UTC, ISO 8601.</summary>
    public string Time { get; init; } = "";

    /// <summary>The module; null if it could not be read.</summary>
    public DiagnosticModule? Module { get; init; }

    /// <summary>PowerShell and the system; null if they could not be read.</summary>
    public DiagnosticPlatform? Platform { get; init; }

    /// <summary>The session's connection; null if it could not be read.</summary>
    public DiagnosticConnection? Connection { get; init; }

    /// <summary>What <c>Test-TokaifyConnection</c> says; null if it was left out.</summary>
    public DiagnosticTest? Test { get; init; }

    /// <summary>The model catalogue; null if it could not be read.</summary>
    public DiagnosticCatalog? Catalog { get; init; }

    /// <summary>The journal of commands without <c>-JournalPath</c>; null for none.</summary>
    public DiagnosticSetting? DefaultJournal { get; init; }

    /// <summary>The environment's variables of the module and of proxies.</summary>
    public IReadOnlyList<DiagnosticSetting> Environment { get; init; } = [];

    /// <summary>The module's assemblies, and those that other modules may bring in another version.</summary>
    public IReadOnlyList<DiagnosticAssembly> Assemblies { get; init; } = [];

    /// <summary>The last errors of the module in the session, the newest first.</summary>
    public IReadOnlyList<DiagnosticError> Errors { get; init; } = [];

    /// <summary>The parts that could not be read, and why.</summary>
    public IReadOnlyList<DiagnosticSetting> Problems { get; init; } = [];

    /// <summary>The versions.</summary>
    public override string ToString() => $"Tokaify.PowerShell {Module?.Version} on PowerShell {Platform?.PowerShell}, {Platform?.System}";
}

/// <summary>The module.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Path">Its folder.</param>
public sealed record DiagnosticModule(string? Version, string? Path);

/// <summary>PowerShell and the system.</summary>
/// <param name="PowerShell">The version.</param>
/// <param name="Edition">Core or Desktop.</param>
/// <param name="Host">The program that shows PowerShell, and its version.</param>
/// <param name="LanguageMode">The language mode.</param>
/// <param name="System">The operating system.</param>
/// <param name="Architecture">The process's; with the system's if that is another one.</param>
/// <param name="Runtime">The runtime of .NET.</param>
/// <param name="Culture">The culture.</param>
public sealed record DiagnosticPlatform(
    string? PowerShell, string? Edition, string? Host, string? LanguageMode, string System, string Architecture, string Runtime, string Culture);

/// <summary>A connection without its secrets.</summary>
public sealed record DiagnosticConnection
{
    /// <summary>The relay's address.</summary>
    public string BaseUri { get; init; } = "";

    /// <summary>Where the address comes from.</summary>
    public string BaseUriSource { get; init; } = "";

    /// <summary>Where the key comes from; null if there is none.</summary>
    public string? KeySource { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>The proxy in use, without a name and password; null for none.</summary>
    public string? Proxy { get; init; }

    /// <summary>Where the proxy comes from; null for none.</summary>
    public string? ProxySource { get; init; }

    /// <summary>Whether the session has a name and password for the proxy.</summary>
    public bool HasProxyCredential { get; init; }

    /// <summary>Whether the key may travel over plain http to another machine.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }
}

/// <summary>What one request for the relay's models told.</summary>
public sealed record DiagnosticTest
{
    /// <summary>Whether the relay answered with its models.</summary>
    public bool Succeeded { get; init; }

    /// <summary>Whether the relay answered at all.</summary>
    public bool IsReachable { get; init; }

    /// <summary>Whether the relay took the key; null if it did not come to that.</summary>
    public bool? IsKeyAccepted { get; init; }

    /// <summary>The number of models of the catalogue that the relay lists.</summary>
    public int AvailableModels { get; init; }

    /// <summary>The models of the catalogue that the relay does not list.</summary>
    public IReadOnlyList<string> MissingModels { get; init; } = [];

    /// <summary>How long it took.</summary>
    public double Seconds { get; init; }

    /// <summary>The kind of failure; null for none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The HTTP status of a failure; null if no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>What failed; null for nothing.</summary>
    public string? Message { get; init; }
}

/// <summary>The model catalogue.</summary>
/// <param name="ModelCount">The number of models.</param>
/// <param name="Default">The default model.</param>
/// <param name="UserFile">The user's own file; null if there is only the catalogue of the module's version.</param>
/// <param name="UserFileTime">When that file was written, UTC; null for none.</param>
public sealed record DiagnosticCatalog(int ModelCount, string Default, string? UserFile, string? UserFileTime);

/// <summary>A name and its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
public sealed record DiagnosticSetting(string Name, string Value);

/// <summary>A loaded assembly.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="LoadContext">Where it is loaded, if not by default.</param>
/// <param name="Path">Its file; null for none.</param>
public sealed record DiagnosticAssembly(string Name, string? Version, string? LoadContext, string? Path);

/// <summary>An error of the module, without secrets and prompts.</summary>
public sealed record DiagnosticError
{
    /// <summary>The kind of failure.</summary>
    public string ErrorId { get; init; } = "";

    /// <summary>PowerShell's category.</summary>
    public string Category { get; init; } = "";

    /// <summary>The command; null if it is not known.</summary>
    public string? Command { get; init; }

    /// <summary>The message.</summary>
    public string Message { get; init; } = "";

    /// <summary>The HTTP status; null if no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The service's own code; null for none.</summary>
    public string? Code { get; init; }

    /// <summary>The service's id of the request; null for none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The number of requests that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The types of the exception and its causes, without what they say.</summary>
    public string Exception { get; init; } = "";
}
