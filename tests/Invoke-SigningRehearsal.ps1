#Requires -Version 7.4
<#
.SYNOPSIS
    Tests a signed release on Windows: signs with a temporary certificate, packs, and edits under the policy AllSigned.
.DESCRIPTION
    For a temporary machine, such as a CI's, and as an administrator: the whole machine trusts the certificate until the
    script ends. Signs by module/Sign.ps1 as a release does, but without a time stamp, and runs both editions of PowerShell.
.PARAMETER Path
    The folder of the module that the build has staged.
.PARAMETER Destination
    A folder for the package and the unpacked module.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $Destination
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$Root = Split-Path -Parent $PSScriptRoot
$Stores = 'Root', 'TrustedPublisher'

function Edit-UnderPolicy {
    param([string] $PowerShell, [string] $Modules)

    $script = @'
$ErrorActionPreference = 'Stop'
if ("$(Get-ExecutionPolicy)" -ne 'AllSigned') { throw "The policy is $(Get-ExecutionPolicy)." }
Import-Module Tokaify.PowerShell
Start-TokaifyEmulator
$result = Invoke-TokaifyImageEdit 'Make it night.' "$env:REHEARSAL_PICTURES/*.png" -Destination "$env:REHEARSAL_OUTPUT"
$result | Format-Table | Out-Host
if (@($result | Where-Object Status -EQ 'Saved').Count -ne 2) { throw 'Not every picture was saved.' }
'@
    $env:PSModulePath = "$Modules;$env:PSModulePath"
    $env:REHEARSAL_PICTURES = "$Root/examples/pictures"
    $env:REHEARSAL_OUTPUT = "$Destination/$PowerShell"
    & $PowerShell -NoProfile -NonInteractive -ExecutionPolicy AllSigned -Command $script | Out-Host
    if ($LASTEXITCODE -ne 0) {
        throw "$PowerShell does not edit under AllSigned."
    }
}

$subject = "CN=Tokaify.PowerShell rehearsal $([guid]::NewGuid())"
$certificate = New-SelfSignedCertificate -Type CodeSigningCert -Subject $subject -CertStoreLocation Cert:\CurrentUser\My
try {
    $public = New-TemporaryFile
    $null = Export-Certificate -Cert $certificate -FilePath $public.FullName
    $Stores | ForEach-Object { $null = Import-Certificate -FilePath $public.FullName -CertStoreLocation "Cert:\LocalMachine\$_" }

    $env:SIGNING_WITH = 'certificate'
    $env:SIGNING_TIMESTAMP_SERVER = 'none'
    $env:SIGNING_CERTIFICATE_PASSWORD = "$([guid]::NewGuid())"
    $pfx = $certificate.Export('Pfx', $env:SIGNING_CERTIFICATE_PASSWORD)
    $env:SIGNING_CERTIFICATE = [Convert]::ToBase64String($pfx)
    $package = & "$Root/module/Pack.ps1" -Path $Path -Destination $Destination -Sign "$Root/module/Sign.ps1"

    $modules = Join-Path $Destination 'Modules'
    Expand-Archive -Path "$Destination/*.zip" -DestinationPath $modules -Force
    $signatures = Get-ChildItem -Path $modules -Recurse -Include *.dll, *.ps1xml, *.psd1, *.cat | Get-AuthenticodeSignature
    $signatures | Format-Table -Property Status, Path | Out-Host
    if ($signatures.Status -ne 'Valid') {
        throw "Not every file in $package is signed."
    }
    foreach ($powershell in 'pwsh', 'powershell') {
        Edit-UnderPolicy -PowerShell $powershell -Modules $modules
    }
}
finally {
    Remove-Item -LiteralPath "Cert:\CurrentUser\My\$($certificate.Thumbprint)" -ErrorAction Ignore
    $Stores | ForEach-Object { Remove-Item -LiteralPath "Cert:\LocalMachine\$_\$($certificate.Thumbprint)" -ErrorAction Ignore }
}
