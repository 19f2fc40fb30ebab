#Requires -Version 7.4
<#
.SYNOPSIS
    Signs files with Authenticode as a release does: Pack.ps1 -Sign takes this script.
.DESCRIPTION
    Environment variables choose how to sign, so that a workflow can set them by variables and secrets of the repository:

    SIGNING_WITH=certificate  the certificate in SIGNING_CERTIFICATE, a PFX in Base64, with the password in SIGNING_CERTIFICATE_PASSWORD
    SIGNING_WITH=service      Azure Artifact Signing: SIGNING_ENDPOINT, SIGNING_ACCOUNT and SIGNING_PROFILE. Needs the module
                              ArtifactSigning, and a session that is logged in to Azure.

    If something is missing, the script ends with an error, so a release is never unsigned. Without files, it only checks the variables.
.PARAMETER Path
    The files to sign in place.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [AllowEmptyCollection()]
    [string[]] $Path
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$Needs = @{
    certificate = 'SIGNING_CERTIFICATE', 'SIGNING_CERTIFICATE_PASSWORD'
    service     = 'SIGNING_ENDPOINT', 'SIGNING_ACCOUNT', 'SIGNING_PROFILE'
}
$TimestampServer = if ($env:SIGNING_TIMESTAMP_SERVER) { $env:SIGNING_TIMESTAMP_SERVER } else { 'http://timestamp.acs.microsoft.com' }

function Assert-Setting {
    if ("$env:SIGNING_WITH" -notin $Needs.Keys) {
        throw "Nothing says what signs: SIGNING_WITH has to be 'certificate' or 'service', and is '$env:SIGNING_WITH'."
    }
    $missing = $Needs[$env:SIGNING_WITH] | Where-Object { -not [Environment]::GetEnvironmentVariable($_) }
    if ($missing) {
        throw "Signing with a $env:SIGNING_WITH needs $($missing -join ' and ')."
    }
}

function Read-Certificate {
    [byte[]] $content = try {
        [Convert]::FromBase64String($env:SIGNING_CERTIFICATE)
    }
    catch {
        throw 'SIGNING_CERTIFICATE is not Base64.'
    }
    $certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($content, $env:SIGNING_CERTIFICATE_PASSWORD)
    if (-not $certificate.HasPrivateKey) {
        throw 'SIGNING_CERTIFICATE has no private key.'
    }
    if ($certificate.NotAfter -lt [datetime]::Now) {
        throw "The certificate $($certificate.Subject) has expired on $($certificate.NotAfter.ToString('yyyy-MM-dd'))."
    }
    $certificate
}

Assert-Setting
if ($env:SIGNING_WITH -eq 'certificate') {
    $signing = @{ Certificate = Read-Certificate; HashAlgorithm = 'SHA256'; IncludeChain = 'NotRoot' }
    # "none" is for a test: such signatures expire with the certificate.
    if ($TimestampServer -ne 'none') {
        $signing.TimestampServer = $TimestampServer
    }
    foreach ($file in $Path) {
        $null = Set-AuthenticodeSignature -LiteralPath $file @signing
    }
}
elseif ($Path) {
    Invoke-ArtifactSigning -Endpoint $env:SIGNING_ENDPOINT -CodeSigningAccountName $env:SIGNING_ACCOUNT `
        -CertificateProfileName $env:SIGNING_PROFILE -Files ($Path -join ',') -FileDigest SHA256 `
        -TimestampRfc3161 $TimestampServer -TimestampDigest SHA256
}
