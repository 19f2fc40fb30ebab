#Requires -Version 5.1
<#
.SYNOPSIS
    Makes the Gallery's package of a module that a build has laid: signed first, if asked for, then packed.
.DESCRIPTION
    The module is copied, so that what the build laid stays as it is. Then, in this order:

    1. -Sign signs what Authenticode can sign and nobody has signed yet.
    2. With -Sign, on Windows, a catalog of all files is made and signed too.
    3. The package is made. Nothing is written into the module any more.

    The same files give the same package, byte for byte, wherever and whenever the same .NET SDK makes it.
.PARAMETER Path
    The folder of the module.
.PARAMETER Destination
    The folder for the package.
.PARAMETER Sign
    A script that signs, in place, the files whose paths it is given as -Path. It is called twice: with the module's
    files, then with their catalog. CONTRIBUTING.md has one.
.OUTPUTS
    The package, as System.IO.FileInfo.
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
[OutputType([System.IO.FileInfo])]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $Destination,

    [string] $Sign
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$script:PSNativeCommandUseErrorActionPreference = $false

$Signable = '.dll', '.ps1xml', '.psd1'
$CanVerify = [bool] (Get-Command Get-AuthenticodeSignature -ErrorAction Ignore)

# Every file of the module, relative to it, in an order that no file system and no language changes.
function Get-FileName {
    param([string] $Folder)

    $names = [string[]] @(Get-ChildItem -LiteralPath $Folder -Recurse -File |
            ForEach-Object { $_.FullName.Substring($Folder.Length + 1).Replace('\', '/') })
    [Array]::Sort($names, [System.StringComparer]::Ordinal)
    $names
}

#region Signing

function Invoke-Signing {
    param([string] $Folder)

    $before = Get-FileName $Folder
    Invoke-SigningScript @($before |
            Where-Object { [System.IO.Path]::GetExtension($_) -in $Signable } |
            ForEach-Object { Join-Path $Folder $_ } |
            Where-Object { -not (Test-Signature $_) })
    if (Compare-Object $before (Get-FileName $Folder)) {
        throw "$Sign added files to the module or took some away: a signature belongs into its file."
    }

    if (Get-Command New-FileCatalog -ErrorAction Ignore) {
        $catalog = Join-Path ([System.IO.Path]::GetDirectoryName($Folder)) "$ModuleName.cat"
        $null = New-FileCatalog -Path $Folder -CatalogFilePath $catalog -CatalogVersion 2
        Move-Item -LiteralPath $catalog -Destination $Folder
        Invoke-SigningScript (Join-Path $Folder "$ModuleName.cat")
    }
    else {
        Write-Host 'The package gets no catalog: New-FileCatalog is there on Windows only.'
    }
}

function Invoke-SigningScript {
    param([string[]] $File)

    & $Sign -Path $File | Out-Host
    $unsigned = @($File | Where-Object { $CanVerify -and -not (Test-Signature $_) })
    if ($unsigned) {
        throw "Not signed, or not validly: $($unsigned -join ', ')"
    }
}

# Where signatures cannot be verified, what others have signed is still known.
function Test-Signature {
    param([string] $File)

    if ($CanVerify) {
        return (Get-AuthenticodeSignature -LiteralPath $File).Status -eq 'Valid'
    }
    if ([System.IO.Path]::GetExtension($File) -ne '.dll') {
        return $false
    }
    $image = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.File]::OpenRead($File))
    try {
        $image.PEHeaders.PEHeader.CertificateTableDirectory.Size -gt 0
    }
    finally {
        $image.Dispose()
    }
}

#endregion

#region Packing

function ConvertTo-Package {
    param([string] $Folder, $Manifest)

    $specification = Join-Path $Work "$ModuleName.nuspec"
    (ConvertTo-Specification $Manifest (Get-FileName $Folder)).Save($specification)

    # What these warn of is right for a module: its assemblies do not lie in lib/, and the Gallery reads addresses.
    $warnings = 'NU5048', 'NU5100', 'NU5125', 'NU5128' -join '%3B'
    $said = dotnet pack "$PSScriptRoot/Tokaify.PowerShell.Module.csproj" --no-build --no-restore --nologo --configuration Release `
        --output $Work -p:IsPackable=true "-p:NuspecFile=$specification" "-p:NuspecBasePath=$Folder" `
        "-p:NoWarn=$warnings"
    if ($LASTEXITCODE -ne 0) {
        $said | Out-Host
        throw 'The package could not be made.'
    }
    $package = Get-Item -Path "$Work/*.nupkg"
    Clear-PackageTime $package.FullName
    $null = New-Item -ItemType Directory -Path $Destination -Force
    Move-Item -LiteralPath $package.FullName -Destination $Destination -Force
    Get-Item -LiteralPath (Join-Path $Destination $package.Name)
}

# What the Gallery reads. It finds commands by their tags.
function ConvertTo-Specification {
    param($Manifest, [string[]] $File)

    $commands = @($Manifest.ExportedCmdlets.Keys | Sort-Object)
    $tags = @('PSModule') + $Manifest.Tags + 'PSIncludes_Cmdlet' + ($commands | ForEach-Object { "PSCmdlet_$_", "PSCommand_$_" })
    $fields = [ordered] @{
        id                       = $Manifest.Name
        version                  = $Manifest.Version
        authors                  = $Manifest.Author
        owners                   = $Manifest.CompanyName
        requireLicenseAcceptance = 'false'
        licenseUrl               = $Manifest.LicenseUri
        projectUrl               = $Manifest.ProjectUri
        iconUrl                  = $Manifest.IconUri
        description              = $Manifest.Description
        releaseNotes             = $Manifest.ReleaseNotes
        copyright                = $Manifest.Copyright
        tags                     = $tags -join ' '
    }

    $namespace = 'http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd'
    $specification = [System.Xml.XmlDocument]::new()
    $package = $specification.AppendChild($specification.CreateElement('package', $namespace))
    $metadata = $package.AppendChild($specification.CreateElement('metadata', $namespace))
    foreach ($field in $fields.Keys) {
        $element = $specification.CreateElement($field, $namespace)
        $element.InnerText = "$($fields[$field])"
        $null = $metadata.AppendChild($element)
    }
    $files = $package.AppendChild($specification.CreateElement('files', $namespace))
    foreach ($name in $File) {
        $element = $specification.CreateElement('file', $namespace)
        $element.SetAttribute('src', $name)
        $element.SetAttribute('target', $name)
        $null = $files.AppendChild($element)
    }
    $specification
}

# The one thing in a package that is of the moment: the times of its entries.
function Clear-PackageTime {
    param([string] $Package)

    Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
    $archive = [System.IO.Compression.ZipFile]::Open($Package, 'Update')
    try {
        foreach ($entry in $archive.Entries) {
            $entry.LastWriteTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
        }
    }
    finally {
        $archive.Dispose()
    }
}

#endregion

$ModuleName = 'Tokaify.PowerShell'
$Destination = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination)
$Work = Join-Path ([System.IO.Path]::GetTempPath()) "tokaify-pack-$([guid]::NewGuid().ToString('N'))"
$null = New-Item -ItemType Directory -Path $Work
try {
    $folder = Join-Path $Work $ModuleName
    Copy-Item -LiteralPath $Path -Destination $folder -Recurse
    $manifest = Test-ModuleManifest -Path "$folder/$ModuleName.psd1"
    if ($Sign) {
        $Sign = (Resolve-Path -LiteralPath $Sign).ProviderPath
        Invoke-Signing $folder
    }
    ConvertTo-Package $folder $manifest
}
finally {
    Remove-Item -LiteralPath $Work -Recurse -Force
}
