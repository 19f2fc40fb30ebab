<#
.SYNOPSIS
    Writes docs/public-api: the public surface of each assembly and of the module, as the last build staged them.
.DESCRIPTION
    Tests compare these files with the build. To accept an intended change, run this script in a new session after a build:

        pwsh -NoProfile -File ./tests/Export-PublicApi.ps1
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path -LiteralPath "$PSScriptRoot/..").ProviderPath

$env:TOKAIFY_WRITE_PUBLIC_API = 1
try {
    dotnet test "$root/tests/Tokaify.Client.Tests" --configuration Release --nologo --filter FullyQualifiedName~PublicApiTests
    if ($LASTEXITCODE -ne 0) {
        throw 'The files of the assemblies are not written.'
    }
}
finally {
    $env:TOKAIFY_WRITE_PUBLIC_API = $null
}

. "$PSScriptRoot/Module/PublicApi.ps1"
Import-Module "$root/output/Tokaify.PowerShell"
$lines = Get-PublicApi Tokaify.PowerShell
[System.IO.File]::WriteAllText("$root/docs/public-api/module.txt", "$($lines -join "`n")`n")
