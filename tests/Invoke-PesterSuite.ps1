<#
.SYNOPSIS
    Runs the Pester suite in this process, which build.ps1 starts for it: the module is loaded here and nowhere else.
.PARAMETER Pester
    The manifest of the Pester to run with.
.PARAMETER ResultFile
    The file for the results as NUnit XML. The counts go beside it, as JSON.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Pester,

    [Parameter(Mandatory)]
    [string] $ResultFile
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester

$configuration = New-PesterConfiguration
$configuration.Run.Path = "$PSScriptRoot/Module"
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputPath = $ResultFile

# The tests see what a user's session has, not what this script has set for itself.
$ErrorActionPreference = 'Continue'
$run = Invoke-Pester -Configuration $configuration

@{ Passed = $run.PassedCount; Failed = $run.FailedCount; Skipped = $run.SkippedCount } |
    ConvertTo-Json |
    Set-Content -LiteralPath ([System.IO.Path]::ChangeExtension($ResultFile, 'json'))
exit [int]($run.Result -ne 'Passed')
