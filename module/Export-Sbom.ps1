#Requires -Version 5.1
<#
.SYNOPSIS
    Writes the software bill of materials (SBOM) of a module as CycloneDX 1.6, in JSON.
.DESCRIPTION
    Each package of which the module has an assembly is a component, with its version and licence. It contains a component for each such
    assembly. The other files are separate components. Every file has its SHA-256 digest.

    Versions and dependencies come from packages.lock.json, licences from THIRD-PARTY-NOTICES.txt, digests from the files. There is no
    time and no serial number: the same files give the same SBOM.
.PARAMETER Path
    The folder of the module.
.PARAMETER Manifest
    The module as Test-ModuleManifest returns it.
.PARAMETER File
    The files to list, relative to the folder, in the order to list them.
.PARAMETER Destination
    The file to write.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [psmoduleinfo] $Manifest,

    [Parameter(Mandatory)]
    [string[]] $File,

    [Parameter(Mandatory)]
    [string] $Destination
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$OwnLicence = 'MIT'
$Frameworks = @{ 'net8.0' = 'net8.0'; 'netstandard2.0' = '.NETFramework,Version=v4.7.2' }

# The content of the lock file, by the folder of the edition and the name of the package.
function Read-Lock {
    $lock = Get-Content -LiteralPath "$PSScriptRoot/packages.lock.json" -Raw | ConvertFrom-Json
    $editions = @{}
    foreach ($edition in $Frameworks.Keys) {
        $editions[$edition] = @{}
        foreach ($package in $lock.dependencies.($Frameworks[$edition]).PSObject.Properties) {
            $editions[$edition][$package.Name] = $package.Value
        }
    }
    $editions
}

# The licences in the table of the notices, by name and version of the package.
function Read-Licence {
    $licences = @{}
    foreach ($line in Get-Content -LiteralPath (Join-Path $Path 'THIRD-PARTY-NOTICES.txt')) {
        $cells = @($line -split ' {2,}')
        if ($cells.Count -eq 4) {
            $licences["$($cells[0]) $($cells[1])"] = $cells[2]
        }
    }
    $licences
}

# The component of an assembly's package. Each assembly has the name of its package.
function Get-PackageComponent {
    param([string] $Edition, [string] $Name)

    $entry = $Lock[$Edition][$Name]
    if (-not $entry) {
        throw "$Edition has $Name.dll, which is of no package that packages.lock.json names."
    }
    if (-not $Packages.Contains($Name)) {
        $isOwn = $entry.type -eq 'Project'
        $packageVersion = if ($isOwn) { $Version } else { $entry.resolved }
        $licence = if ($isOwn) { $OwnLicence } else { $Licences["$Name $packageVersion"] }
        if (-not $licence) {
            throw "THIRD-PARTY-NOTICES.txt has no licence of $Name $packageVersion."
        }
        $reference = if ($isOwn) { "$Name@$packageVersion" } else { "pkg:nuget/$Name@$packageVersion" }
        $facts = @{ Name = $Name; Version = $packageVersion; Licence = $licence }
        $Packages[$Name] = ConvertTo-Component -Type library -Reference $reference @facts
        if (-not $isOwn) {
            $Packages[$Name]['purl'] = $reference
        }
        $Packages[$Name]['components'] = @()
    }
    $Packages[$Name]
}

function ConvertTo-Component {
    param([string] $Type, [string] $Reference, [string] $Name, [string] $Version, [string] $Licence)

    [ordered] @{
        'type'     = $Type
        'bom-ref'  = $Reference
        'name'     = $Name
        'version'  = $Version
        'licenses' = @(@{ license = @{ id = $Licence } })
    }
}

function ConvertTo-FileComponent {
    param([string] $Name, [string] $Version, [string] $Licence)

    $component = ConvertTo-Component -Type file -Reference $Name -Name $Name -Version $Version -Licence $Licence
    $digest = (Get-FileHash -LiteralPath (Join-Path $Path $Name) -Algorithm SHA256).Hash.ToLowerInvariant()
    $component['hashes'] = @([ordered] @{ alg = 'SHA-256'; content = $digest })
    $component
}

# The other shipped packages that a package needs, in any edition.
function Get-Need {
    param([string] $Name)

    $needs = foreach ($edition in $Lock.Values | Where-Object { $_[$Name] -and $_[$Name].PSObject.Properties['dependencies'] }) {
        $edition[$Name].dependencies.PSObject.Properties.Name
    }
    $references = [string[]] @($needs | Where-Object { $Packages.Contains($_) } | ForEach-Object { $Packages[$_]['bom-ref'] } |
            Select-Object -Unique)
    [Array]::Sort($references, [System.StringComparer]::Ordinal)
    , $references
}

$Path = (Resolve-Path -LiteralPath $Path).ProviderPath
$Destination = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination)
$Version = "$($Manifest.Version)"
$Lock = Read-Lock
$Licences = Read-Licence
$Packages = [System.Collections.Specialized.OrderedDictionary]::new([System.StringComparer]::OrdinalIgnoreCase)

$texts = @(
    foreach ($name in $File) {
        if ($name -match '^(?<edition>[^/]+)/(.+/)?(?<package>[^/]+)\.dll$') {
            $package = Get-PackageComponent $Matches.edition $Matches.package
            $facts = @{ Version = $package['version']; Licence = $package['licenses'][0].license.id }
            $package['components'] += ConvertTo-FileComponent -Name $name @facts
        }
        else {
            ConvertTo-FileComponent -Name $name -Version $Version -Licence $OwnLicence
        }
    }
)

$reference = "pkg:nuget/$($Manifest.Name)@$Version"
$module = ConvertTo-Component -Type library -Reference $reference -Name $Manifest.Name -Version $Version -Licence $OwnLicence
$module['purl'] = "pkg:nuget/$($Manifest.Name)@${Version}?repository_url=https://www.powershellgallery.com/api/v2"
$module['description'] = ($Manifest.Description -replace '\s+', ' ').Trim()
$module['supplier'] = @{ name = $Manifest.CompanyName }
$module['externalReferences'] = @([ordered] @{ type = 'website'; url = "$($Manifest.ProjectUri)" })

$dependencies = @([ordered] @{ ref = $module['bom-ref']; dependsOn = @($Packages[$Manifest.Name]['bom-ref']) })
$dependencies += foreach ($name in $Packages.Keys) {
    [ordered] @{ ref = $Packages[$name]['bom-ref']; dependsOn = Get-Need $name }
}
$sbom = [ordered] @{
    '$schema'    = 'http://cyclonedx.org/schema/bom-1.6.schema.json'
    bomFormat    = 'CycloneDX'
    specVersion  = '1.6'
    version      = 1
    metadata     = @{ component = $module }
    components   = @($Packages.Values) + $texts
    dependencies = $dependencies
}
$json = ($sbom | ConvertTo-Json -Depth 12).Replace("`r`n", "`n")
[System.IO.File]::WriteAllText($Destination, "$json`n", [System.Text.UTF8Encoding]::new($false))
