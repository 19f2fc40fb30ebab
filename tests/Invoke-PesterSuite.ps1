<#
.SYNOPSIS
    Runs files of the Pester suite in this process, which build.ps1 starts, so that the module is loaded only here.
.DESCRIPTION
    Several processes share the suite. Each takes the next free file, the long ones first, so that all end at about the same time.
.PARAMETER Pester
    The manifest of Pester.
.PARAMETER Path
    Names of test files, without .Tests.ps1; wildcards are allowed. Default: all.
.PARAMETER Results
    The folder for the results: NUnit XML for each file, and beside it the counts as JSON. A file that exists has been taken.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Pester,

    [Parameter(Mandatory)]
    [string] $Results,

    [string[]] $Path = '*'
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester

# The longest files, in the order in which they are started.
$Long = '*.Outage', '*.Browser', 'Cluster.*', 'Show-*', 'DryRun', 'Gallery', 'OutsideText', 'Faults', 'Stopping.Terminal', 'Proxy'

function Get-Rank {
    param([string] $Name)

    foreach ($rank in 0..($Long.Count - 1)) {
        if ($Name -like $Long[$rank]) {
            return $rank
        }
    }
    $Long.Count
}

# Whether this process is the first to take the file.
function Request-File {
    param([string] $Name)

    try {
        [System.IO.File]::Open("$Results/$Name.taken", 'CreateNew').Dispose()
        $true
    }
    catch [System.IO.IOException] {
        $false
    }
}

function Invoke-File {
    param([string] $Name)

    $configuration = New-PesterConfiguration
    $configuration.Run.Path = "$PSScriptRoot/Module/$Name.Tests.ps1"
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Normal'
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputPath = "$Results/$Name.xml"

    # The tests run with the settings of a user's session, not with those of this script.
    $ErrorActionPreference = 'Continue'
    $run = Invoke-Pester -Configuration $configuration

    # If a block fails outside its tests, or the file cannot be read, there may be no failed test.
    @{
        Passed   = $run.PassedCount
        Failed   = [Math]::Max($run.FailedCount, [int]($run.Result -ne 'Passed'))
        Skipped  = $run.SkippedCount
        Failures = @(@($run.Failed) + @($run.FailedBlocks) + @($run.FailedContainers) | Where-Object { $_ } | Format-Failure)
    }
}

filter Format-Failure {
    $path = if ($_.PSObject.Properties['ExpandedPath']) { $_.ExpandedPath } else { $_.Item }
    "${Name}: ${path}: $(@($_.ErrorRecord)[0])"
}

$names = Get-ChildItem -Path "$PSScriptRoot/Module/*.Tests.ps1" |
    ForEach-Object { $_.Name -replace '\.Tests\.ps1$' } |
    Where-Object { $name = $_; @($Path | Where-Object { $name -like $_ }).Count -gt 0 } |
    Sort-Object -Property { Get-Rank $_ }, { $_ }

if (-not $names) {
    throw "No file of tests/Module is called $Path.Tests.ps1."
}
foreach ($name in $names) {
    if (Request-File $name) {
        Invoke-File $name | ConvertTo-Json | Set-Content -LiteralPath "$Results/$name.json" -Encoding UTF8
    }
}
