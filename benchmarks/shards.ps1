<#
.SYNOPSIS
    Compares three shares that run at the same time with one, and measures the start of a share. After ./build.sh, on one machine.
.DESCRIPTION
    The relay is the emulator, in this process, with a latency for each edit, so the measured work waits for the service. The shares are
    processes of this machine and use the same processors; separate machines would not.
.PARAMETER Count
    The number of images.
.PARAMETER Latency
    The seconds that the service takes for each.
.PARAMETER ThrottleLimit
    The requests in flight, of each share.
.PARAMETER Repeat
    The number of starts of a share that has nothing to do; the result is their median.
#>
[CmdletBinding()]
param(
    [int] $Count = 240,

    [double] $Latency = 2,

    [int] $ThrottleLimit = 8,

    [int] $Repeat = 5
)

$ErrorActionPreference = 'Stop'
$root = (Resolve-Path -LiteralPath "$PSScriptRoot/..").ProviderPath
Import-Module "$root/output/Tokaify.PowerShell"
$env:PSModulePath = "$root/output$([System.IO.Path]::PathSeparator)$env:PSModulePath"
$place = (New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "tokaify-shards-$PID")).FullName

# Starts a PowerShell under bash, which prints the CPU time at its end. Returns the process.
function Open-Shell {
    param([string[]] $Arguments)

    $start = [System.Diagnostics.ProcessStartInfo]::new('bash')
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.Environment['TIMEFORMAT'] = 'CPU %U %S'
    '-c', 'time pwsh -NoProfile -NonInteractive "$@"', 'pwsh' + $Arguments | ForEach-Object { $start.ArgumentList.Add($_) }
    [System.Diagnostics.Process]::Start($start)
}

# Runs several PowerShells at the same time. Returns the seconds from the first start to the last end, and the CPU seconds of each.
function Measure-Shell {
    param([string[][]] $Arguments)

    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $processes = foreach ($each in $Arguments) {
        Open-Shell $each
    }
    $processor = foreach ($process in $processes) {
        $output = $process.StandardOutput.ReadToEndAsync()
        $errors = $process.StandardError.ReadToEnd()
        $process.WaitForExit()
        if ($process.ExitCode -ne 0) {
            throw "Ended with $($process.ExitCode): $errors $($output.Result)"
        }
        [regex]::Matches($errors, '(?m)^CPU (\S+) (\S+)').ForEach({ [double] $_.Groups[1].Value + [double] $_.Groups[2].Value })
    }
    [pscustomobject] @{
        Seconds   = $clock.Elapsed.TotalSeconds
        Processor = ($processor | Measure-Object -Average).Average
    }
}

function Get-Share {
    param([string] $Shard, [string] $Destination)

    '-File', "$root/examples/cluster/Edit-Share.ps1", '-Path', "$place/pictures", '-Destination', "$place/$Destination",
    '-Shard', $Shard, '-ThrottleLimit', "$ThrottleLimit"
}

function Get-Median {
    param([double[]] $Value)

    ($Value | Sort-Object)[[int] [System.Math]::Floor($Value.Count / 2)]
}

try {
    $null = New-Item -ItemType Directory -Path "$place/pictures"
    $picture = [System.IO.File]::ReadAllBytes("$root/tests/pictures/palette.png")
    foreach ($number in 1..$Count) {
        [System.IO.File]::WriteAllBytes("$place/pictures/$number.png", $picture + [System.BitConverter]::GetBytes($number))
    }
    Start-TokaifyEmulator -Latency $Latency -InformationAction Ignore
    $env:TOKAIFY_BASE_URL = "$((Get-TokaifyContext).BaseUri)"
    $env:TOKAIFY_API_KEY = 'key'

    $one = Measure-Shell @(, (Get-Share '1/1' 'one'))
    $three = Measure-Shell @(1..3 | ForEach-Object { , (Get-Share "$_/3" 'three') })
    $again = 1..$Repeat | ForEach-Object { Measure-Shell @(, (Get-Share '1/1' 'one')) }
    $empty = 1..$Repeat | ForEach-Object { Measure-Shell @(, ('-c', '1')) }

    "$Count pictures, $Latency s each, $ThrottleLimit in flight for each share; one machine, $([Environment]::ProcessorCount) processors"
    ''
    '| what | wall s | CPU s each |'
    '| --- | ---: | ---: |'
    '| one share | {0:n1} | {1:n1} |' -f $one.Seconds, $one.Processor
    '| three shares at once | {0:n1} | {1:n1} |' -f $three.Seconds, $three.Processor
    '| a share that is started again with all saved | {0:n2} | {1:n2} |' -f (Get-Median $again.Seconds), (Get-Median $again.Processor)
    '| pwsh -NoProfile -c 1 | {0:n2} | {1:n2} |' -f (Get-Median $empty.Seconds), (Get-Median $empty.Processor)
}
finally {
    Stop-TokaifyEmulator
    Remove-Item -LiteralPath $place -Recurse -Force -ErrorAction Ignore
}
