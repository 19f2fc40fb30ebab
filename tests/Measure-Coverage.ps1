<#
.SYNOPSIS
    Reads Cobertura files: the lines of each assembly that the tests have reached, and the ten least covered files.
.DESCRIPTION
    The same text is written into the summary of a workflow run, if there is one (GITHUB_STEP_SUMMARY). The Pester suite tests most of
    Tokaify.PowerShell; the lines that it reaches are not counted.
.PARAMETER Path
    A folder with the files, at any depth.
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory)]
    [string] $Path
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# Whether a line was reached, by its file and number. Several classes and several runs may share a line.
$assemblies = @{}
foreach ($file in Get-ChildItem -LiteralPath $Path -Recurse -Filter *.cobertura.xml) {
    $report = [xml] (Get-Content -LiteralPath $file.FullName -Raw)
    foreach ($package in $report.SelectNodes('//package[starts-with(@name, "Tokaify.") and not(contains(@name, "Tests"))]')) {
        if (-not $assemblies.ContainsKey($package.name)) {
            $assemblies[$package.name] = @{}
        }
        $files = $assemblies[$package.name]
        foreach ($line in $package.SelectNodes('classes/class/lines/line')) {
            $source = $line.SelectSingleNode('../..').filename -replace '^.*?(?=src[/\\])'
            if (-not $files.ContainsKey($source)) {
                $files[$source] = @{}
            }
            $files[$source][$line.number] = $files[$source][$line.number] -or [int] $line.hits -gt 0
        }
    }
}
if ($assemblies.Count -eq 0) {
    throw "There is no coverage below $Path."
}

function Format-Row {
    param([string] $Name, $Lines)

    $reached = @($Lines | Where-Object { $_ }).Count
    $share = [Math]::Round(100 * $reached / @($Lines).Count, 1)
    $text = [string]::Format([cultureinfo]::InvariantCulture, '{0} of {1} | {2:0.0} %', $reached, @($Lines).Count, $share)
    [pscustomobject]@{ Share = $share; Text = "| $Name | $text |" }
}

$report = @(
    '| assembly | lines reached | |'
    '| --- | --- | --- |'
    foreach ($name in $assemblies.Keys | Sort-Object) {
        (Format-Row $name @($assemblies[$name].Values | ForEach-Object { $_.Values })).Text
    }
    ''
    '| least covered files | lines reached | |'
    '| --- | --- | --- |'
    $assemblies.Values | ForEach-Object { $_.GetEnumerator() } | ForEach-Object { Format-Row $_.Key @($_.Value.Values) } |
        Sort-Object -Property Share, Text | Select-Object -First 10 -ExpandProperty Text
)
$report
if ($env:GITHUB_STEP_SUMMARY) {
    Add-Content -LiteralPath $env:GITHUB_STEP_SUMMARY -Value $report -Encoding UTF8
}
