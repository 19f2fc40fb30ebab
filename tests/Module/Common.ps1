# Shared by the module's tests: each file dot-sources it in its BeforeAll. It imports the module that the build staged.

$Root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
$BuiltModule = Join-Path $Root 'output/Tokaify.PowerShell'
$Pictures = Join-Path $Root 'tests/pictures'
$Samples = Join-Path $Root 'examples/pictures'
$ProgressPreference = 'SilentlyContinue'

Import-Module $BuiltModule
if (-not ('Tokaify.Tests.StubRelay' -as [type])) {
    Add-Type -Path "$PSScriptRoot/StubRelay.cs"
}

# Removes the user's own connection for the time of the tests. Each file calls this once at its beginning, and Restore-Session at its
# end: Pester has no hook for all files, and a file can be run alone in a developer's own session.
function Clear-Session {
    $script:EnvironmentBefore = @{}
    $variables = 'TOKAIFY_API_KEY', 'TOKAIFY_BASE_URL', 'TOKAIFY_MODEL_CATALOG', 'TOKAIFY_JOURNAL_PATH', 'TOKAIFY_PROFILE'
    foreach ($name in $variables) {
        $EnvironmentBefore[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }
    Stop-TokaifyEmulator
    Disconnect-Tokaify
}

function Restore-Session {
    Stop-TokaifyEmulator
    Disconnect-Tokaify
    foreach ($name in $EnvironmentBefore.Keys) {
        [Environment]::SetEnvironmentVariable($name, $EnvironmentBefore[$name])
    }
}

# Makes a new, empty folder for the running test. Returns its full path.
function Initialize-Folder {
    $folder = Join-Path $TestDrive ([guid]::NewGuid().ToString('N'))
    $null = New-Item -ItemType Directory -Path $folder
    $folder
}

# Copies an image of the repository into a folder, under another name if one is given. Returns the copy, as FileInfo.
function Copy-Picture {
    param(
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] [string] $To,
        [string] $As = $Name
    )

    $source = $Pictures, $Samples | Join-Path -ChildPath $Name | Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
    $copy = Join-Path $To $As
    [IO.File]::Copy($source, $copy)
    Get-Item -LiteralPath $copy
}

# The part of an error's id that scripts rely on.
function Get-ErrorId {
    param([Parameter(ValueFromPipeline)] [System.Management.Automation.ErrorRecord] $ErrorRecord)

    process {
        ($ErrorRecord.FullyQualifiedErrorId -split ',')[0]
    }
}

# Writes a model catalogue and selects it, until TOKAIFY_MODEL_CATALOG is cleared.
function Write-Catalog {
    param([string] $Json)

    $env:TOKAIFY_MODEL_CATALOG = Join-Path (Initialize-Folder) 'own models.json'
    [IO.File]::WriteAllText($env:TOKAIFY_MODEL_CATALOG, $Json)
}

# The warnings of an edit of rows of a table, and nothing else.
function Get-RowWarning {
    param([Parameter(Mandatory)] [string[]] $Line, [hashtable] $With = @{})

    $null = $Line | ConvertFrom-Csv |
        Invoke-TokaifyImageEdit @With -Destination out -ErrorAction SilentlyContinue -WarningAction SilentlyContinue `
            -WarningVariable warnings
    $warnings | ForEach-Object { "$_" }
}

# The error record that ends a script; nothing if it succeeds.
function Get-TerminatingError {
    param([Parameter(Mandatory)] [scriptblock] $Script)

    try {
        $null = & $Script
    }
    catch {
        $_
    }
}

function ConvertTo-Secret {
    param([Parameter(Mandatory)] [string] $Text)

    [System.Net.NetworkCredential]::new('', $Text).SecurePassword
}

# Starts a script in a separate runspace whose host shows nothing. The module is imported there.
function Invoke-InBackground {
    param(
        [Parameter(Mandatory)] [scriptblock] $Script,
        [object[]] $Arguments = @()
    )

    # One statement, with the module imported by the session itself: a stop between two statements can end the process.
    $session = [initialsessionstate]::CreateDefault()
    $session.ImportPSModule($BuiltModule)
    $powershell = [powershell]::Create($session)
    $null = $powershell.AddScript($Script)
    foreach ($argument in $Arguments) {
        $null = $powershell.AddArgument($argument)
    }
    [pscustomobject]@{ PowerShell = $powershell; Runspace = $powershell.Runspace; Handle = $powershell.BeginInvoke() }
}

# Waits for the end of a background script. Returns its output.
function Receive-Background {
    param([Parameter(Mandatory)] $Run)

    try {
        $Run.PowerShell.EndInvoke($Run.Handle)
    }
    finally {
        $Run.PowerShell.Dispose()
        # The PowerShell object does not own the runspace, and would leave it open.
        $Run.Runspace.Dispose()
    }
}

# A stop that an edit does not notice ends after ten seconds: the module waits so long for its edits. Any other stop takes milliseconds.
function Get-StopLimit {
    [timespan]::FromSeconds(8)
}

# Stops a script in the background as Ctrl+C does, and asserts that it has stopped.
function Exit-Background {
    param([Parameter(Mandatory)] $Run)

    $stop = $Run.PowerShell.BeginStop($null, $null)
    $stop.AsyncWaitHandle.WaitOne([timespan]::FromMinutes(1)) | Should -BeTrue -Because 'it must not hang'
    $Run.PowerShell.InvocationStateInfo.State | Should -Be 'Stopped'
}

# Polls for a condition of another thread or process that raises no event. Returns whether it became true in time.
function Wait-Condition {
    param(
        [Parameter(Mandatory)] [scriptblock] $Condition,
        [int] $Seconds = 20
    )

    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt $Seconds) {
            return $false
        }
        [System.Threading.Thread]::Sleep(10)
    }
    $true
}

# Whether a program listens on that port of this machine.
function Test-Listening {
    param([Parameter(Mandatory)] [uri] $Address)

    $client = [System.Net.Sockets.TcpClient]::new()
    try {
        $client.Connect($Address.Host, $Address.Port)
        $true
    }
    catch {
        $false
    }
    finally {
        $client.Dispose()
    }
}

# The temporary files in a folder while images arrive.
function Get-TemporaryFile {
    param([Parameter(Mandatory)] [string] $Folder)

    Get-ChildItem -LiteralPath $Folder -Force -Recurse -File | Where-Object Name -Like '.tokaify-*'
}

# The text chunks of a PNG, by keyword: the emulator writes into them to which request an image belongs.
function Get-PngText {
    param([Parameter(Mandatory)] [string] $Path)

    $bytes = [IO.File]::ReadAllBytes($Path)
    $texts = @{}
    for ($at = 8; $at -lt $bytes.Length; $at += $length + 12) {
        $length = ([int] $bytes[$at] -shl 24) + ([int] $bytes[$at + 1] -shl 16) + ([int] $bytes[$at + 2] -shl 8) + $bytes[$at + 3]
        $type = [Text.Encoding]::ASCII.GetString($bytes, $at + 4, 4)
        if ($type -cin 'tEXt', 'iTXt') {
            $keyword, $text = [Text.Encoding]::UTF8.GetString($bytes, $at + 8, $length) -split "`0+", 2
            $texts[$keyword] = $text
        }
    }
    $texts
}

function Get-Sha256 {
    param([Parameter(Mandatory)] [string] $Path)

    (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLowerInvariant()
}
