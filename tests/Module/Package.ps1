# Shared by the tests that pack the module and use the package. Dot-source it after Common.ps1.

. "$PSScriptRoot/Offline.ps1"
Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
$version = (Get-Module Tokaify.PowerShell).Version
$staged = Join-Path $BuiltModule $version

# A copy of the staged module in a folder of the test, with another version if one is given.
function Copy-Module {
    param([string] $As = $version)

    $copy = Join-Path (Initialize-Folder) 'Tokaify.PowerShell'
    Copy-Item -LiteralPath $staged -Destination $copy -Recurse
    $manifest = Join-Path $copy 'Tokaify.PowerShell.psd1'
    $text = (Get-Content -LiteralPath $manifest -Raw) -replace "(ModuleVersion\s*=\s*)'$version'", "`$1'$As'"
    Set-Content -LiteralPath $manifest -Value $text -NoNewline
    $copy
}

function ConvertTo-Package {
    param([string] $Module = $staged, [string] $Destination = (Initialize-Folder), [string] $Sign)

    & "$Root/module/Pack.ps1" -Path $Module -Destination $Destination -Sign $Sign 6>$null |
        Where-Object { $_ -is [System.IO.FileInfo] }
}

# The texts of a package, by the names of the entries.
function Get-PackageText {
    param([Parameter(Mandatory)] [string] $Path)

    $texts = [ordered] @{}
    $archive = [System.IO.Compression.ZipFile]::OpenRead($Path)
    try {
        foreach ($entry in $archive.Entries) {
            $reader = [System.IO.StreamReader]::new($entry.Open())
            $texts[[uri]::UnescapeDataString($entry.FullName)] = $reader.ReadToEnd()
            $reader.Dispose()
        }
    }
    finally {
        $archive.Dispose()
    }
    $texts
}

# Returns the files of a folder, as relative paths, in the order of the SBOM.
function Get-RelativeName {
    param([Parameter(Mandatory)] [string] $Folder)

    $names = [string[]] @(Get-ChildItem -LiteralPath $Folder -Recurse -File |
            ForEach-Object { $_.FullName.Substring($Folder.Length + 1).Replace('\', '/') })
    [Array]::Sort($names, [System.StringComparer]::Ordinal)
    $names
}

# Returns the components of an SBOM that are files, in the order of their names.
function Get-SbomFile {
    param([Parameter(Mandatory)] $Sbom)

    $files = @{}
    foreach ($component in @($Sbom.components) + @($Sbom.components | Where-Object components | ForEach-Object components)) {
        if ($component.type -eq 'file') {
            $files[$component.name] = $component
        }
    }
    $names = [string[]] @($files.Keys)
    [Array]::Sort($names, [System.StringComparer]::Ordinal)
    $files[$names]
}

# The differences between the SBOM of an unpacked package and its files.
function Get-SbomDifference {
    param([Parameter(Mandatory)] [string] $Folder)

    $sbom = Get-Content -LiteralPath "$Folder/Tokaify.PowerShell.cdx.json" -Raw | ConvertFrom-Json
    foreach ($file in Get-SbomFile $sbom) {
        $digest = ($file.hashes | Where-Object alg -EQ 'SHA-256').content
        if (-not (Test-Path -LiteralPath "$Folder/$($file.name)") -or $digest -ne (Get-Sha256 "$Folder/$($file.name)")) {
            $file.name
        }
    }
}

# Runs a script in a separate PowerShell as a new user: without modules, repositories and profile. On Windows
# the user's folders cannot be moved, so there the scripts only use their arguments. The last line of the output is JSON.
# With -Offline there is only the loopback network, and the folder of modules for all users is empty.
function Invoke-AsNewUser {
    param(
        [Parameter(Mandatory)] [string] $Script,
        [Parameter(Mandatory)] [string] $UserFolder,
        [object[]] $Arguments = @(),
        [switch] $Offline
    )

    $file = Join-Path (Initialize-Folder) 'script.ps1'
    Set-Content -LiteralPath $file -Encoding Ascii `
        -Value "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'`n& {$Script} @args"
    $settings = @{
        HOME             = $UserFolder
        XDG_DATA_HOME    = $null
        XDG_CONFIG_HOME  = $null
        XDG_CACHE_HOME   = $null
        PSModulePath     = Join-Path $UserFolder 'Modules'
        TOKAIFY_BASE_URL = "$((Get-TokaifyContext).BaseUri)"
        TOKAIFY_API_KEY  = 'key'
    }
    $before = @{}
    foreach ($name in $settings.Keys) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $settings[$name])
    }
    try {
        $command = @((Get-Process -Id $PID).Path, '-NoProfile', '-NonInteractive', '-File', $file) + $Arguments
        if ($Offline) {
            $command = $OfflineCommand + $command
        }
        $program, $rest = $command
        $output = & $program @rest 2>&1
    }
    finally {
        foreach ($name in $before.Keys) {
            [Environment]::SetEnvironmentVariable($name, $before[$name])
        }
    }
    if ($LASTEXITCODE -ne 0) {
        throw "The script failed: $($output | Out-String)"
    }
    $output | Select-Object -Last 1 | ConvertFrom-Json
}
