#Requires -Version 5.1

<#
.SYNOPSIS
    Makes each product's picture in four aspect ratios, for shop, feed, banner and story.
.DESCRIPTION
    Each ratio has a folder of its own in the destination: 1x1, 4x5, 16x9, 9x16. The file catalog.csv there lists every
    picture with its size. What is there already is not sent again.

    Exit codes: 0 the catalogue is complete; 1 pictures are missing; 2 it could not begin;
    75 the service was away or asks for a long wait: start it again later; 78 something has to be put right first, such as the
    key, or -MaximumCost is reached.
.PARAMETER Path
    The folder of the products' pictures. Default: the samples.
.PARAMETER Prompt
    The edit instruction.
.PARAMETER Destination
    The folder of the catalogue. Default: the folder "catalog" here.
.PARAMETER AspectRatio
    The ratios. They are checked against the model before anything is sent.
.PARAMETER Model
    The model. Default: the session's, else the module's.
.PARAMETER ThrottleLimit
    The number of requests in flight.
.PARAMETER MaximumCost
    What this run may cost, in the currency of the model's price. Default: no limit.
.EXAMPLE
    ./Export-ProductCatalog.ps1 -Path products -Destination catalog -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [string] $Path = "$PSScriptRoot/pictures",

    [string] $Prompt = 'Show the product on a plain, light background, with room around it. Change nothing of the product.',

    [string] $Destination = 'catalog',

    [ValidateNotNullOrEmpty()]
    [string[]] $AspectRatio = @('1:1', '4:5', '16:9', '9:16'),

    [string] $Model,

    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 4,

    [System.Nullable[decimal]] $MaximumCost
)

trap {
    Write-Error -ErrorRecord $_ -ErrorAction Continue
    # A batch that has ended early says whether to start again later (75) or to put something right first (78).
    exit $(if ($_.Exception.ExitCode) { $_.Exception.ExitCode } else { 2 })
}

# Whether the relay is there and takes the key: one request, which costs nothing.
if (-not $WhatIfPreference) {
    $connection = Test-TokaifyConnection
    if (-not $connection.Succeeded) {
        throw $connection.Message
    }
}

$products = @(Get-ChildItem -LiteralPath $Path -File -ErrorAction Stop |
        Where-Object Extension -In '.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif' |
        Sort-Object -Property Name)

# A row a picture: the command takes ratio and folder from it. One command, so that no ratio waits for another.
$rows = foreach ($product in $products) {
    foreach ($ratio in $AspectRatio) {
        [pscustomobject] @{
            LiteralPath = $product.FullName
            AspectRatio = $ratio
            Destination = Join-Path $Destination $ratio.Replace(':', 'x')
        }
    }
}
$settings = @{ Prompt = $Prompt; OutputName = '{name}'; ThrottleLimit = $ThrottleLimit; SkipExisting = $true }
if ($Model) {
    $settings.Model = $Model
}
if ($null -ne $MaximumCost) {
    $settings.MaximumCost = $MaximumCost
}
$results = @($rows | Invoke-TokaifyImageEdit @settings -ErrorVariable failures -WhatIf:$WhatIfPreference)
$results
if ($WhatIfPreference) {
    if ($failures) {
        exit 1
    }
    return
}

$null = New-Item -ItemType Directory -Path $Destination -Force
$columns = @(
    @{ Name = 'Product'; Expression = { [System.IO.Path]::GetFileNameWithoutExtension($_.SourcePath) } }
    'AspectRatio'
    @{ Name = 'Width'; Expression = { $_.Images[0].Width } }
    @{ Name = 'Height'; Expression = { $_.Images[0].Height } }
    'Path'
)
$results |
    Sort-Object -Property SourcePath, AspectRatio |
    Select-Object -Property $columns |
    Export-Csv -LiteralPath (Join-Path $Destination 'catalog.csv') -Encoding UTF8 -NoTypeInformation
Write-Host "$($products.Count) products, $($results.Count) of $(@($rows).Count) pictures. See $(Join-Path $Destination 'catalog.csv')"
# Not exit 0: that would take away the table, which PowerShell shows when all is through.
if ($failures) {
    exit 1
}
