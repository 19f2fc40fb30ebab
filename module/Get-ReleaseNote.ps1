#Requires -Version 5.1
<#
.SYNOPSIS
    Returns the section of CHANGELOG.md for a version: the notes of its release.
.PARAMETER Version
    The version.
.PARAMETER Path
    The change log.
.OUTPUTS
    The text below the version's heading, up to the next version's.
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory)]
    [version] $Version,

    [string] $Path = "$PSScriptRoot/../CHANGELOG.md"
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$text = [System.IO.File]::ReadAllText((Resolve-Path -LiteralPath $Path).ProviderPath).Replace("`r`n", "`n")
$section = [regex]::Match($text, "(?ms)^## \[$([regex]::Escape("$Version"))\] - (?<date>[^\n]*)\n(?<notes>.*?)(?=^## |^\[[^\]\n]+\]: |\z)")
if (-not $section.Success) {
    throw "$Path has nothing on $Version."
}
if ($section.Groups['date'].Value -notmatch '^\d{4}-\d{2}-\d{2}$') {
    throw "$Path has no date for ${Version}: it says '$($section.Groups['date'].Value)'."
}
$notes = $section.Groups['notes'].Value.Trim()
if (-not $notes) {
    throw "$Path says nothing of $Version."
}
$notes
