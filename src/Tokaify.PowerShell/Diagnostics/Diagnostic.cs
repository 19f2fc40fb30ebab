namespace Tokaify;

/// <summary>The data that a bug report needs: versions, platform, connection, settings and the last errors, without secrets. It can be
/// converted to JSON: all values are texts, numbers, Boolean values, and lists or objects of these.</summary>
public sealed record Diagnostic
{
    /// <summary>The time at which it was created, in UTC and ISO 8601.</summary>
    public string Time { get; init; } = "";

    /// <summary>The module; null if it could not be read.</summary>
    public DiagnosticModule? Module { get; init; }

    /// <summary>PowerShell and the system; null if they could not be read.</summary>
    public DiagnosticPlatform? Platform { get; init; }

    /// <summary>The session's connection; null if it could not be read.</summary>
    public DiagnosticConnection? Connection { get; init; }

    /// <summary>The result of <c>Test-TokaifyConnection</c>; null if there was no test.</summary>
    public DiagnosticTest? Test { get; init; }

    /// <summary>The model catalogue; null if it could not be read.</summary>
    public DiagnosticCatalog? Catalog { get; init; }

    /// <summary>The journal of commands without <c>-JournalPath</c>; null if there is none.</summary>
    public DiagnosticSetting? DefaultJournal { get; init; }

    /// <summary>The environment variables of the module and of proxies.</summary>
    public IReadOnlyList<DiagnosticSetting> Environment { get; init; } = [];

    /// <summary>The module's assemblies, and assemblies that other modules may load in another version.</summary>
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
/// <param name="Host">The host program, and its version.</param>
/// <param name="LanguageMode">The language mode.</param>
/// <param name="System">The operating system.</param>
/// <param name="Architecture">The architecture of the process, and that of the system if it is another one.</param>
/// <param name="Runtime">The .NET runtime.</param>
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

    /// <summary>The proxy in use, without credentials; null if there is none.</summary>
    public string? Proxy { get; init; }

    /// <summary>Where the proxy comes from; null if there is none.</summary>
    public string? ProxySource { get; init; }

    /// <summary>Whether the session has proxy credentials.</summary>
    public bool HasProxyCredential { get; init; }

    /// <summary>Whether the key may be sent over plain http to another machine.</summary>
    public bool AllowUnencryptedAuthentication { get; init; }
}

/// <summary>The result of one request for the relay's list of models.</summary>
public sealed record DiagnosticTest
{
    /// <summary>Whether the relay returned its list of models.</summary>
    public bool Succeeded { get; init; }

    /// <summary>Whether the relay responded at all.</summary>
    public bool IsReachable { get; init; }

    /// <summary>Whether the relay accepted the key; null if the test did not get that far.</summary>
    public bool? IsKeyAccepted { get; init; }

    /// <summary>The number of models of the catalogue that the relay lists.</summary>
    public int AvailableModels { get; init; }

    /// <summary>The models of the catalogue that the relay does not list.</summary>
    public IReadOnlyList<string> MissingModels { get; init; } = [];

    /// <summary>How long it took.</summary>
    public double Seconds { get; init; }

    /// <summary>The error id of the failure; null if the test succeeded.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The HTTP status of a failure; null if no response came.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The error message; null if the test succeeded.</summary>
    public string? Message { get; init; }
}

/// <summary>The model catalogue.</summary>
/// <param name="ModelCount">The number of models.</param>
/// <param name="Default">The default model.</param>
/// <param name="UserFile">The user's own file; null if there is only the catalogue of the module's version.</param>
/// <param name="UserFileTime">The time at which that file was last written, in UTC; null if there is no file.</param>
public sealed record DiagnosticCatalog(int ModelCount, string Default, string? UserFile, string? UserFileTime);

/// <summary>A name and its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
public sealed record DiagnosticSetting(string Name, string Value);

/// <summary>A loaded assembly.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="LoadContext">The load context; null for the default one.</param>
/// <param name="Path">The path of its file; null if there is none.</param>
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

    /// <summary>The service's own code; null if there is none.</summary>
    public string? Code { get; init; }

    /// <summary>The service's id of the request; null if there is none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The number of requests that were sent.</summary>
    public int Attempts { get; init; }

    /// <summary>The types of the exception and of its causes, without their messages.</summary>
    public string Exception { get; init; } = "";
}
