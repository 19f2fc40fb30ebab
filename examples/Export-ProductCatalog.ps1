#Requires -Version 5.1

<#
.SYNOPSIS
    Makes each product's image in four aspect ratios, for shop, feed, banner and story.
.DESCRIPTION
    Each ratio has its own folder in the destination: 1x1, 4x5, 16x9, 9x16. The file catalog.csv there lists every
    image with its size. Existing images are not sent again.

    Exit codes: 0 the catalogue is complete; 1 images are missing; 2 it could not begin;
    75 the service was away or asks for a long wait: start it again later; 78 correct something first, such as the
    key, or -MaximumCost is reached.
.PARAMETER Path
    The folder of the products' images. Default: the samples.
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
    The maximum cost of this run, in the currency of the model's price. Default: no limit.
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

$products = @(Get-ChildItem -LiteralPath $Path -File -ErrorAction Stop |
        Where-Object Extension -In '.png', '.jpg', '.jpeg', '.webp', '.heic', '.heif' |
        Sort-Object -Property Name)

# One row for each image: the command takes ratio and folder from it. One command for all ratios, so that none waits for another.
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
# No exit 0: PowerShell would end before it shows the table.
if ($failures) {
    exit 1
}
