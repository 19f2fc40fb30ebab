# Shared by the tests that run the examples of examples/cluster on real engines, on this machine only.

$Cluster = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../examples/cluster")

# The programs that a test needs and that are not installed.
function Find-MissingProgram {
    param([Parameter(Mandatory)] [string[]] $Name)

    $Name | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
}

# Why the tests of an engine are left out, written once; or nothing.
function Test-Engine {
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string[]] $Program)

    $missing = if ($IsLinux) { Find-MissingProgram $Program } else { 'Linux' }
    if ($missing) {
        Write-Information "The tests of $Name are left out: $($missing -join ', ') is not here." -InformationAction Continue
    }
    -not $missing
}

function Get-FreePort {
    $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listener.LocalEndpoint.Port
    $listener.Stop()
}

# Sets environment variables for started processes; later tables take precedence. Returns the earlier values for Restore-Environment.
function Initialize-Environment {
    param([Parameter(Mandatory)] [hashtable[]] $Variable)

    $before = @{}
    foreach ($table in $Variable) {
        foreach ($name in $table.Keys) {
            if (-not $before.ContainsKey($name)) {
                $before[$name] = [Environment]::GetEnvironmentVariable($name)
            }
            [Environment]::SetEnvironmentVariable($name, $table[$name])
        }
    }
    $before
}

function Restore-Environment {
    param([hashtable] $Before)

    foreach ($name in $Before.Keys) {
        [Environment]::SetEnvironmentVariable($name, $Before[$name])
    }
}

# A folder of many sources, a key that only its owner can read, and the variables of the scripts that edit them.
function Initialize-Job {
    param([Parameter(Mandatory)] [int] $Count, [Parameter(Mandatory)] [uri] $BaseUri)

    $folder = Initialize-Folder
    $null = New-Item -ItemType Directory -Path "$folder/pictures"
    Initialize-Source "$folder/pictures" $Count
    Set-Content -LiteralPath "$folder/key" -Value 'key'
    [System.IO.File]::SetUnixFileMode("$folder/key", 'UserRead, UserWrite')
    [pscustomobject] @{
        Folder      = $folder
        Journals    = "$folder/results/journals"
        Environment = @{
            PICTURES               = "$folder/pictures"
            RESULTS                = "$folder/results"
            PROMPT                 = 'Make it night.'
            SCRIPT                 = "$Cluster/Edit-Share.ps1"
            KEY_FILE               = "$folder/key"
            TOKAIFY_BASE_URL       = "$BaseUri"
            PSModulePath           = "$Root/output$([System.IO.Path]::PathSeparator)$env:PSModulePath"
            POWERSHELL_UPDATECHECK = 'Off'
        }
    }
}

# The names of the sources that a relay received, in their order, identified by their bytes and not by what a client says.
function Get-SentSource {
    param([Parameter(Mandatory)] $Relay, [Parameter(Mandatory)] $Job)

    $names = [System.Collections.Generic.Dictionary[string, string]]::new([System.StringComparer]::Ordinal)
    foreach ($file in Get-ChildItem -LiteralPath "$($Job.Folder)/pictures" -File) {
        $names[[System.Convert]::ToBase64String([System.IO.File]::ReadAllBytes($file.FullName))] = $file.Name
    }
    foreach ($body in $Relay.Bodies) {
        $names[[regex]::Match($body, '"data"\s*:\s*"([^"]+)"').Groups[1].Value.Replace('\/', '/')]
    }
}

# Returns the names of the sources that a share has in flight, by its journals.
function Get-InFlightSource {
    param([Parameter(Mandatory)] $Job, [Parameter(Mandatory)] [string] $Share)

    $journals = @(Get-ChildItem -Path "$($Job.Journals)/*-$Share-*.jsonl" -ErrorAction Ignore)
    if ($journals) {
        Get-TokaifyJournal -LiteralPath $journals.FullName -Latest -Outcome Sent | ForEach-Object { Split-Path -Leaf $_.SourcePath }
    }
}

# Waits until a share has sources in flight that its relay has received, and returns their names.
function Wait-InFlight {
    param([Parameter(Mandatory)] $Relay, [Parameter(Mandatory)] $Job, [Parameter(Mandatory)] [scriptblock] $Share)

    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while ($clock.Elapsed.TotalSeconds -lt 120) {
        [System.Threading.Thread]::Sleep(200)
        $number = & $Share
        if ($number -and $Relay.MostHeld -gt 0) {
            $sent = @(Get-SentSource $Relay $Job)
            $sources = @(Get-InFlightSource $Job "${number}of12")
            if ($sources.Count -gt 0 -and -not ($sources | Where-Object { $_ -notin $sent })) {
                return [pscustomobject] @{ Share = "${number}of12"; Sources = $sources }
            }
        }
    }
    throw 'No share of that machine has anything in flight.'
}

# Checks 300 sources after all shares have ended, though a machine died: each is saved, each was paid for once except those
# that the machine had in flight, and the journals together are complete.
function Assert-AllEdited {
    param([Parameter(Mandatory)] $Relay, [Parameter(Mandatory)] $Job, [Parameter(Mandatory)] [string[]] $Held, [string[]] $InFlight)

    Get-ChildItem -LiteralPath "$($Job.Folder)/results" -Filter *.png | Should -HaveCount 300
    Get-TemporaryFile "$($Job.Folder)/results" | Should -BeNullOrEmpty
    $paid = @(Get-SentSource $Relay $Job | Group-Object)
    $paid | Should -HaveCount 300
    $twice = @($paid | Where-Object Count -GT 1)
    $twice.Count | Should -BeGreaterOrEqual 1
    $twice.Count | Should -BeExactly ($Relay.Received - 300) -Because 'nothing was sent three times'
    $twice.Name | Where-Object { $_ -notin $InFlight } | Should -BeNullOrEmpty
    $Held | Where-Object { $_ -notin $twice.Name } | Should -BeNullOrEmpty

    $saved = @(Get-TokaifyJournal -LiteralPath $Job.Journals -Outcome Saved)
    $saved | Should -HaveCount 300
    $saved.SourcePath | Sort-Object -Unique | Should -HaveCount 300
    Get-TokaifyJournal -LiteralPath $Job.Journals -Latest -Outcome Sent, Failed, Unknown | Should -BeNullOrEmpty
    Get-TokaifyJournal -LiteralPath $Job.Journals | Export-TokaifyReport "$($Job.Folder)/report.html"
    $report = [System.IO.File]::ReadAllText("$($Job.Folder)/report.html")
    1..300 | Where-Object { -not $report.Contains("$_-edited.png") } | Should -BeNullOrEmpty
}

# The ids of the given processes, of those with certain variables in their environment, and of all their descendants.
function Get-ProcessTree {
    param([int[]] $Id = @(), [string[]] $Variable)

    $parents = @{}
    # Every process descends from the ids below 2.
    $found = [System.Collections.Generic.HashSet[int]]::new([int[]] @($Id | Where-Object { $_ -gt 1 }))
    foreach ($folder in [System.IO.Directory]::EnumerateDirectories('/proc')) {
        $process = 0
        if (-not [int]::TryParse([System.IO.Path]::GetFileName($folder), [ref] $process)) {
            continue
        }
        try {
            $parents[$process] = Get-ParentId $process
            if ($Variable) {
                $environment = [System.IO.File]::ReadAllText("$folder/environ").Split([char] 0)
                if (-not ($Variable | Where-Object { $_ -cnotin $environment })) {
                    $null = $found.Add($process)
                }
            }
        }
        catch {
            # The process has ended, or belongs to another user.
            continue
        }
    }
    do {
        $before = $found.Count
        $parents.Keys | Where-Object { $found.Contains($parents[$_]) } | ForEach-Object { $null = $found.Add($_) }
    } while ($found.Count -gt $before)
    $found
}

function Get-ParentId {
    param([Parameter(Mandatory)] [int] $Id)

    [int] ([System.IO.File]::ReadAllText("/proc/$Id/stat") -replace '^.*\) . ' -split ' ')[0]
}

# Ends the processes as a power failure does: all at the same time, without a signal that they can handle.
function Close-AtOnce {
    param([int[]] $Id = @())

    $processes = @($Id | Where-Object { $_ -gt 1 -and $_ -ne $PID })
    if ($processes) {
        & /bin/kill -KILL $processes 2> $null
    }
}
