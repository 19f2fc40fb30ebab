<#
.SYNOPSIS
    Analyzes the scripts in this process, which build.ps1 starts.
.DESCRIPTION
    Exit codes: 0 there are no findings; 1 there are; 2 the analyzer itself failed.
.PARAMETER Analyzer
    The manifest of PSScriptAnalyzer.
.PARAMETER Path
    The files and folders.
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [Parameter(Mandatory)]
    [string] $Analyzer,

    [Parameter(Mandatory)]
    [string[]] $Path
)

$ErrorActionPreference = 'Stop'
try {
    Import-Module $Analyzer
    # This rule runs alone: it asks PowerShell for commands on its own thread, and other rules must not do so at the same time.
    $alone = 'PSUseCorrectCasing'
    # Only for files without Pester blocks, which share variables.
    $outsidePester = 'PSUseDeclaredVarsMoreThanAssignments'
    $settings = "$PSScriptRoot/../PSScriptAnalyzerSettings.psd1"
    $findings = @(
        foreach ($item in $Path -split ',') {
            Invoke-ScriptAnalyzer -Path $item -Recurse -Settings $settings -ExcludeRule $alone
            Invoke-ScriptAnalyzer -Path $item -Recurse -Settings $settings -IncludeRule $alone
            Invoke-ScriptAnalyzer -Path $item -Recurse -IncludeRule $outsidePester |
                Where-Object ScriptName -NotLike '*.Tests.ps1'
        }
    )
}
catch {
    Write-Host "PSScriptAnalyzer failed: $_"
    exit 2
}
$findings | Format-Table -Property Severity, RuleName, ScriptName, Line, Message -Wrap | Out-Host
exit [int] ($findings.Count -gt 0)
