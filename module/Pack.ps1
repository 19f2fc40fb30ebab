#Requires -Version 5.1
<#
.SYNOPSIS
    Makes the Gallery's package of a module that a build has staged: signs it if requested, then packs it.
.DESCRIPTION
    The module is copied, so that the staged files are not changed. Then, in this order:

    1. -Sign signs the files that Authenticode can sign and that have no signature yet.
    2. The SBOM is written: the module's files, with versions, licences and digests. See Export-Sbom.ps1.
    3. With -Sign, on Windows, a catalog of all files is made and signed too.
    4. The package is made, and an archive of the module's folder. Nothing is written into the module any more.
    5. A copy of the SBOM is put beside them, and SHA256SUMS with the digests of the three.

    The same files give the same package and the same archive, byte for byte, on any machine with the same .NET SDK and the same
    PowerShell.
.PARAMETER Path
    The folder of the module.
.PARAMETER Destination
    The folder for the package and its accompanying files.
.PARAMETER Sign
    A script that signs, in place, the files whose paths it gets as -Path. It is called twice: with the module's
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

# Every file of the module, relative to it, in an order that is the same on every file system and in every language.
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
}

function Add-Catalog {
    param([string] $Folder)

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

# The files that others have signed are known even if signatures cannot be verified.
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

    # These warnings do not apply to a module: its assemblies are not in lib/, and the Gallery reads addresses.
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
    $package
}

# The folder of the module, in the form that a folder of modules needs.
function ConvertTo-Archive {
    param([string] $Folder, $Manifest)

    $path = Join-Path $Work "$ModuleName.$($Manifest.Version).zip"
    $archive = [System.IO.Compression.ZipFile]::Open($path, 'Create')
    try {
        foreach ($name in Get-FileName $Folder) {
            $entry = $archive.CreateEntry("$ModuleName/$($Manifest.Version)/$name", 'Optimal')
            $entry.LastWriteTime = $EntryTime
            $content = $entry.Open()
            $bytes = [System.IO.File]::ReadAllBytes((Join-Path $Folder $name))
            $content.Write($bytes, 0, $bytes.Length)
            $content.Dispose()
        }
    }
    finally {
        $archive.Dispose()
    }
    Get-Item -LiteralPath $path
}

# The format is that of sha256sum.
function Export-Checksum {
    param([System.IO.FileInfo[]] $File)

    $lines = foreach ($item in $File) {
        "$((Get-FileHash -LiteralPath $item.FullName -Algorithm SHA256).Hash.ToLowerInvariant())  $($item.Name)`n"
    }
    $path = Join-Path $Work 'SHA256SUMS'
    [System.IO.File]::WriteAllText($path, -join $lines)
    Get-Item -LiteralPath $path
}

# The metadata that the Gallery reads. It finds commands by their tags.
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

# The times of the entries are the only part of a package that depends on the time of packing.
function Clear-PackageTime {
    param([string] $Package)

    $archive = [System.IO.Compression.ZipFile]::Open($Package, 'Update')
    try {
        foreach ($entry in $archive.Entries) {
            $entry.LastWriteTime = $EntryTime
        }
    }
    finally {
        $archive.Dispose()
    }
}

#endregion

Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
$ModuleName = 'Tokaify.PowerShell'
$EntryTime = [DateTimeOffset]::new(1980, 1, 1, 0, 0, 0, [TimeSpan]::Zero)
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
    $sbom = Join-Path $folder "$ModuleName.cdx.json"
    & "$PSScriptRoot/Export-Sbom.ps1" -Path $folder -Manifest $manifest -File (Get-FileName $folder) -Destination $sbom
    $sbomBeside = Copy-Item -LiteralPath $sbom -Destination "$Work/$ModuleName.$($manifest.Version).cdx.json" -PassThru
    if ($Sign) {
        Add-Catalog $folder
    }
    $made = @((ConvertTo-Package $folder $manifest), (ConvertTo-Archive $folder $manifest), $sbomBeside)
    $made += Export-Checksum $made
    $null = New-Item -ItemType Directory -Path $Destination -Force
    $made | Move-Item -Destination $Destination -Force
    Get-Item -LiteralPath (Join-Path $Destination $made[0].Name)
}
finally {
    Remove-Item -LiteralPath $Work -Recurse -Force
}
