#Requires -Version 5.1

<#
.SYNOPSIS
    Edits a folder of images, batch by batch.
.DESCRIPTION
    After each batch a line shows the progress. If every edit of a batch fails, the run ends, because the key, the quota or the
    network is the cause, and the next batch would fail as well.

    Images that exist in the destination are not sent again: run the same command again to finish the rest.

    Exit codes: 0 all images are edited; 1 some edits failed; 2 it could not begin; 3 a whole batch failed;
    75 the service was away or asks for a long wait: start it again later; 78 correct something first, such as the key.
.PARAMETER Path
    The folder of the images. Default: the samples.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder to save in. Default: the folder "edited" in the folder of the images.
.PARAMETER BatchSize
    The number of images in a batch.
.PARAMETER ThrottleLimit
    The number of requests in flight.
.EXAMPLE
    ./Edit-Folder.ps1 -Path photos -Prompt 'Make the background plain white.' -Destination white -WhatIf

    Shows what would be sent. Without -WhatIf it is sent.
#>
[CmdletBinding(SupportsShouldProcess)]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Path = "$PSScriptRoot/pictures",

    [string] $Prompt = 'Change the background to a seaside sunset.',

    [string] $Destination = (Join-Path $Path 'edited'),

    [ValidateRange(1, 100000)]
    [int] $BatchSize = 100,

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 4
)

trap {
    Write-Error -ErrorRecord $_ -ErrorAction Continue
    # The error of a batch that ended early has a code: 75 start again later, 78 correct something first.
    exit $(if ($_.Exception.ExitCode) { $_.Exception.ExitCode } else { 2 })
}

# Tests whether the relay is reachable and accepts the key, with one request that costs nothing.
if (-not $WhatIfPreference) {
    $connection = Test-TokaifyConnection
    if (-not $connection.Succeeded) {
        throw $connection.Message
    }
}

$pictures = @(Get-ChildItem -LiteralPath $Path -File -ErrorAction Stop |
        Where-Object Extension -In '.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif' |
        Sort-Object -Property Name)
$saved = $skipped = $failed = 0
for ($first = 0; $first -lt $pictures.Count; $first += $BatchSize) {
    $batch = $pictures[$first..([Math]::Min($first + $BatchSize, $pictures.Count) - 1)]
    $results = @($batch | Invoke-TokaifyImageEdit -Prompt $Prompt -Destination $Destination -SkipExisting `
            -ThrottleLimit $ThrottleLimit -ErrorVariable failures -WhatIf:$WhatIfPreference)
    $results

    $saved += @($results | Where-Object Status -EQ 'Saved').Count
    $skipped += @($results | Where-Object Status -EQ 'Skipped').Count
    $failed += $failures.Count
    Write-Host "$($first + $batch.Count) of $($pictures.Count): $saved saved, $skipped there already, $failed failed"
    if ($failures.Count -eq $batch.Count) {
        Write-Warning 'A whole batch failed: the rest is not sent.'
        exit 3
    }
}
# No exit 0: PowerShell would end before it shows the table.
if ($failed) {
    exit 1
}
