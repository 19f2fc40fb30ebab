#Requires -Version 5.1

<#
.SYNOPSIS
    Edits images by the rows of a table, and writes the result of each row.
.DESCRIPTION
    A row is a request. Its columns are parameters of Invoke-TokaifyImageEdit: LiteralPath, Prompt, Model, AspectRatio,
    ImageSize, OutputName, Seed and others; an empty cell counts as not given. Relative paths start at the table's folder.

    The journal is in the destination. Rows that it has as saved are not sent again: correct the rows that failed, and run
    the same command again. The file results.csv beside it has the result of each row of this run.

    Rows that were refused for good are not sent again until they are changed. Their Status in the file is Refused.

    Exit codes: 0 all rows are edited; 1 some failed; 2 it could not begin; 75 the service was away or asks for a long wait: start
    it again later; 78 correct something first, such as the key, or -MaximumCost is reached.
.PARAMETER CsvPath
    The table, in UTF-8. Default: edits.csv beside this script.
.PARAMETER Destination
    The folder to save in. Default: the folder "edited" beside the table.
.PARAMETER Delimiter
    The separator of the columns; spreadsheets write a semicolon in some countries.
.PARAMETER ThrottleLimit
    The number of requests in flight.
.PARAMETER MaximumCost
    The maximum cost, including that in the journal, in the currency of the model's price. Default: no limit.
.EXAMPLE
    ./Edit-FromCsv.ps1 -CsvPath spring.csv -Delimiter ';' -Destination spring
#>
[CmdletBinding(SupportsShouldProcess)]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $CsvPath = "$PSScriptRoot/edits.csv",

    [string] $Destination,

    [char] $Delimiter = ',',

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 4,

    [System.Nullable[decimal]] $MaximumCost
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

$table = Get-Item -LiteralPath $CsvPath -ErrorAction Stop
if (-not $Destination) {
    $Destination = Join-Path $table.DirectoryName 'edited'
}
$rows = @(Import-Csv -LiteralPath $table.FullName -Delimiter $Delimiter -Encoding UTF8)
if (-not $rows -or -not $rows[0].PSObject.Properties['LiteralPath'] -or -not $rows[0].PSObject.Properties['Prompt']) {
    throw "$CsvPath needs the columns LiteralPath and Prompt, and a row."
}
foreach ($row in $rows) {
    $row.LiteralPath = [System.IO.Path]::Combine($table.DirectoryName, $row.LiteralPath)
}

$limit = @{}
if ($null -ne $MaximumCost) {
    $limit.MaximumCost = $MaximumCost
}
# The rows go into the pipeline one after the other; the results come in the order of completion.
$results = @($rows | Invoke-TokaifyImageEdit @limit -Destination $Destination -ThrottleLimit $ThrottleLimit `
        -JournalPath (Join-Path $Destination 'journal.jsonl') -Resume -ErrorVariable failures -WhatIf:$WhatIfPreference)
$results
if ($WhatIfPreference) {
    if ($failures) {
        exit 1
    }
    return
}

$report = @(
    foreach ($result in $results) {
        [pscustomobject] @{
            SourcePath = $result.SourcePath; Status = $result.Status; Path = $result.Path; Error = "$($result.Error.Message)"
        }
    }
    foreach ($failure in $failures) {
        [pscustomobject] @{ SourcePath = $failure.TargetObject; Status = 'Failed'; Path = ''; Error = $failure.Exception.Message }
    }
)
$report | Export-Csv -LiteralPath (Join-Path $Destination 'results.csv') -Delimiter $Delimiter -Encoding UTF8 -NoTypeInformation
$edited = @($results | Where-Object Status -NE 'Refused').Count
Write-Host "$($rows.Count) rows: $edited edited, $($failures.Count) failed. See $(Join-Path $Destination 'results.csv')"
# No exit 0: PowerShell would end before it shows the table.
if ($failures) {
    exit 1
}
