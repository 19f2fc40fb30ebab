# examples/cluster/slurm.sh on a real Slurm: a controller and three nodes on loopback, of this test alone.

BeforeDiscovery {
    . "$PSScriptRoot/Cluster.ps1"
    $noSlurm = -not (Test-Engine -Name Slurm -Program slurmctld, slurmd, sbatch, srun, munged)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    . "$PSScriptRoot/Cluster.ps1"
    Clear-Session

    # A node takes one task at a time. cred_expire also determines after which time a requeued task is started.
    function Get-SlurmConfiguration {
        param([string] $Folder, [string] $User)

        $ports = 1..4 | ForEach-Object { Get-FreePort }
        @"
ClusterName=test
SlurmctldHost=localhost
SlurmctldPort=$($ports[3])
SlurmUser=$User
SlurmdUser=$User
AuthType=auth/munge
AuthInfo=socket=$Folder/munge.socket,cred_expire=5
StateSaveLocation=$Folder/state
SlurmdSpoolDir=$Folder/spool-%n
SlurmctldPidFile=$Folder/ctld.pid
SlurmdPidFile=$Folder/%n.pid
SlurmctldLogFile=$Folder/ctld.log
SlurmdLogFile=$Folder/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SlurmdTimeout=5
KillWait=30
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
MpiDefault=none
$(1..3 | ForEach-Object { "NodeName=n$_ NodeHostname=localhost NodeAddr=127.0.0.1 Port=$($ports[$_ - 1]) CPUs=1 RealMemory=1024`n" })
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"@ -replace '(?m)^ '
    }

    function Open-Node {
        param([string] $Node)

        & slurmd -f "$($Slurm.Folder)/slurm.conf" -N $Node
    }

    # Daemons are killed first, because otherwise they would report the end of their tasks.
    function Close-Node {
        param([string] $Node)

        $tasks = @(Get-ProcessTree -Variable "SLURMD_NODENAME=$Node", "SLURM_CONF=$env:SLURM_CONF")
        $daemons = @($tasks | ForEach-Object { try { Get-ParentId $_ } catch { 0 } } |
                Where-Object { (Get-Content -LiteralPath "/proc/$_/comm" -ErrorAction Ignore) -eq 'slurmstepd' })
        Close-AtOnce (@(Get-DaemonId $Node) + $daemons + $tasks)
    }

    # Read from a file of a daemon.
    function Get-DaemonId {
        param([string] $Name)

        Get-Content -LiteralPath "$($Slurm.Folder)/$Name.pid" -TotalCount 1 -ErrorAction Ignore | ForEach-Object { [int] $_ }
    }

    function Open-Slurm {
        # Not in TestDrive, which is removed while daemons may still write to it. Also, the path of a socket must be short.
        $folder = (New-Item -ItemType Directory -Path (Join-Path ([System.IO.Path]::GetTempPath()) "tokaify-$([guid]::NewGuid())")).FullName
        $null = 'state', 'spool-n1', 'spool-n2', 'spool-n3' | ForEach-Object { New-Item -ItemType Directory -Path "$folder/$_" }
        [System.IO.File]::WriteAllBytes("$folder/munge.key", [System.Security.Cryptography.RandomNumberGenerator]::GetBytes(128))
        [System.IO.File]::SetUnixFileMode("$folder/munge.key", 'UserRead')
        Set-Content -LiteralPath "$folder/slurm.conf" -Value (Get-SlurmConfiguration $folder (& id -un))
        $script:Slurm = [pscustomobject] @{
            Folder = $folder
            Before = Initialize-Environment @{ SLURM_CONF = "$folder/slurm.conf" }
        }
        & munged "--key-file=$folder/munge.key" "--socket=$folder/munge.socket" "--pid-file=$folder/munge.pid" `
            "--log-file=$folder/munge.log" "--seed-file=$folder/munge.seed"
        & slurmctld -f "$folder/slurm.conf"
        1..3 | ForEach-Object { Open-Node "n$_" }
        if (-not (Wait-Condition -Seconds 30 { (& sinfo -h -o '%T %D') -eq 'idle 3' })) {
            throw "Slurm does not start: $(Get-Content -Path "$folder/*.log" -Tail 5)"
        }
    }

    function Close-Slurm {
        if ($Slurm) {
            'n1', 'n2', 'n3' | ForEach-Object { Close-Node $_ }
            Close-AtOnce @(Get-ProcessTree -Id (Get-DaemonId ctld), (Get-DaemonId munge))
            Restore-Environment $Slurm.Before
            Remove-Item -LiteralPath $Slurm.Folder -Recurse -Force -ErrorAction Ignore
        }
    }

    # Submits slurm.sh, and returns the array's number.
    function Submit-Job {
        param([Parameter(Mandatory)] $Job, [Parameter(Mandatory)] [string] $Tasks, [hashtable] $Variable = @{})

        $before = Initialize-Environment $Job.Environment, $Variable
        Push-Location -LiteralPath $Cluster
        try {
            & sbatch --parsable "--array=$Tasks" "--output=$($Job.Folder)/log-%a" slurm.sh
        }
        finally {
            Pop-Location
            Restore-Environment $before
        }
    }

    function Wait-Array {
        param([Parameter(Mandatory)] [string] $Id)

        $query = '-h', '-j', $Id, '-o', '%i'
        Wait-Condition -Seconds 120 {
            [System.Threading.Thread]::Sleep(300)
            -not (& squeue @query 2> $null)
        }
    }
}

AfterAll {
    Restore-Session
}

Describe 'slurm.sh on a Slurm of three nodes' -Skip:$noSlurm {
    BeforeAll {
        Open-Slurm
    }

    AfterAll {
        Close-Slurm
    }

    AfterEach {
        & scancel -u (& id -un)
        $relay.Dispose()
    }

    It 'edits 300 images though a node fails: all are saved, and only its requests in flight are paid for twice' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 100 + @('hold'))
        $relay.Models = 'gemini-2.5-flash-image'
        $job = Initialize-Job 300 $relay.BaseUri
        $id = Submit-Job $job '1-12'

        $held = Wait-InFlight $relay $job { & squeue -h -w n2 -t RUNNING -o '%K' }
        Close-Node n2
        $inFlight = @(Get-InFlightSource $job $held.Share)
        $relay.Release()

        Wait-Array $id | Should -BeTrue
        Get-Content -Path "$($job.Folder)/log-*" | Should -Not -BeNullOrEmpty
        Assert-AllEdited $relay $job -Held $held.Sources -InFlight $inFlight
        Open-Node 'n2'
        Wait-Condition { (& sinfo -h -o '%T %D') -eq 'idle 3' } | Should -BeTrue
    }

    It 'requeues only a share whose relay is unavailable, at most RESTARTS times' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $job = Initialize-Job 4 $relay.BaseUri
        $relay.GoAway()

        $id = Submit-Job $job '1-2' -Variable @{ RESTARTS = '1' }

        Wait-Array $id | Should -BeTrue
        foreach ($task in 1, 2) {
            $log = Get-Content -LiteralPath "$($job.Folder)/log-$task"
            @($log -match 'could not be reached|refused').Count | Should -Be 2 -Because "$log"
            @($log -match 'Not queued again after 1 restarts').Count | Should -Be 1 -Because "$log"
        }
    }

    It 'does not requeue a share if its configuration has to be fixed' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $job = Initialize-Job 4 $relay.BaseUri
        [System.IO.File]::SetUnixFileMode("$($job.Folder)/key", 'UserRead, UserWrite, OtherRead')

        $id = Submit-Job $job '1'

        Wait-Array $id | Should -BeTrue
        $log = Get-Content -LiteralPath "$($job.Folder)/log-1"
        @($log -match 'Others than its owner').Count | Should -Be 1 -Because "$log"
        $relay.Received | Should -Be 0
    }

    It 'ends a share cleanly shortly before its time limit, and finishes it later' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer', 'hold'))
        $relay.Models = 'gemini-2.5-flash-image'
        $job = Initialize-Job 6 $relay.BaseUri
        $id = Submit-Job $job '1' -Variable @{ SHARES = '1' }
        $relay.WaitForHeld(1, 60) | Should -BeTrue

        # As with --signal: the step gets the signal, the script does not.
        & scancel --signal=TERM "${id}_1"
        $relay.WaitForHangUps(1) | Should -BeTrue
        $relay.Release()

        Wait-Array $id | Should -BeTrue
        $log = Get-Content -LiteralPath "$($job.Folder)/log-1"
        "$log" | Should -Match '6 saved|5 saved' -Because "$log"
        $entries = @(Get-TokaifyJournal -LiteralPath $job.Journals)
        @($entries | Where-Object Outcome -EQ 'Unknown').Count | Should -BeGreaterOrEqual 1
        @($entries | Where-Object Outcome -EQ 'Saved') | Should -HaveCount 6
        Get-ChildItem -LiteralPath "$($job.Folder)/results" -Filter *.png | Should -HaveCount 6
    }
}
