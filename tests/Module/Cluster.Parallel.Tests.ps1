# examples/cluster/parallel.sh with real GNU parallel over real ssh, to three sshd of this test on loopback.

BeforeDiscovery {
    . "$PSScriptRoot/Cluster.ps1"
    $noParallel = -not (Test-Engine -Name 'GNU parallel' -Program parallel, ssh, ssh-keygen, /usr/sbin/sshd, awk)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    . "$PSScriptRoot/Cluster.ps1"
    Clear-Session

    # A machine: an sshd, from which all its processes descend.
    function Open-Machine {
        param([string] $Folder, [string] $Name)

        $port = Get-FreePort
        Set-Content -LiteralPath "$Folder/sshd-$Name" -Value @"
Port $port
ListenAddress 127.0.0.1
HostKey $Folder/hostkey
AuthorizedKeysFile $Folder/userkey.pub
PidFile $Folder/$Name.pid
PermitRootLogin yes
PasswordAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
SetEnv PATH="$env:PATH" PSModulePath="$Root/output" POWERSHELL_UPDATECHECK=Off
AcceptEnv TOKAIFY_BASE_URL
"@
        Add-Content -LiteralPath "$Folder/ssh_config" -Value @"
Host $Name
    HostName 127.0.0.1
    Port $port
    User $(& id -un)
    IdentityFile $Folder/userkey
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile $Folder/known_hosts
    LogLevel ERROR
"@
        Add-Content -LiteralPath "$Folder/hosts" -Value $Name
        & /usr/sbin/sshd -f "$Folder/sshd-$Name" -E "$Folder/$Name.log"
        if (-not (Wait-Condition { (Test-Path "$Folder/$Name.pid") -and (Test-Listening "tcp://127.0.0.1:$port") })) {
            throw "sshd does not start: $(Get-Content "$Folder/$Name.log")"
        }
    }

    # The parent of the other processes. It overwrites its environment, so it cannot be found by a variable.
    function Get-MachineId {
        param([string] $Name)

        [int] (Get-Content -LiteralPath "$machines/$Name.pid" -TotalCount 1)
    }

    # The number of the share that a machine works on, which GNU parallel passes to its task.
    function Get-ShareOn {
        param([string] $Name)

        foreach ($process in Get-ProcessTree -Id (Get-MachineId $Name)) {
            try {
                $variable = [System.IO.File]::ReadAllText("/proc/$process/environ").Split([char] 0) -clike 'PARALLEL_SEQ=*'
                if ($variable) {
                    return $variable -replace '^PARALLEL_SEQ='
                }
            }
            catch {
                # It has ended.
                continue
            }
        }
    }

    # Starts parallel.sh, and returns its process.
    function Open-Parallel {
        param([Parameter(Mandatory)] $Job, [hashtable] $Variable = @{})

        $settings = @{
            HOSTS         = "$machines/hosts"
            SSH           = "ssh -F $machines/ssh_config"
            JOB_LOG       = "$($Job.Folder)/parallel.log"
            WAIT          = '1'
            PARALLEL_HOME = "$machines/parallel"
        }
        $before = Initialize-Environment $Job.Environment, $settings, $Variable
        Start-Process -FilePath bash -ArgumentList "$Cluster/parallel.sh" -PassThru -NoNewWindow `
            -RedirectStandardOutput "$($Job.Folder)/output" -RedirectStandardError "$($Job.Folder)/errors"
        Restore-Environment $before
    }
}

AfterAll {
    Restore-Session
}

Describe 'parallel.sh over ssh to three machines' -Skip:$noParallel {
    BeforeAll {
        $machines = Initialize-Folder
        $null = New-Item -ItemType Directory -Path "$machines/parallel"
        $null = New-Item -ItemType File -Path "$machines/parallel/will-cite"
        if ((& id -u) -eq '0') {
            # The folder for Debian's sshd without privileges; without a service, it is not created.
            $null = New-Item -ItemType Directory -Path /run/sshd -Force
        }
        & ssh-keygen -q -t ed25519 -N '' -f "$machines/hostkey"
        & ssh-keygen -q -t ed25519 -N '' -f "$machines/userkey"
        'n1', 'n2', 'n3' | ForEach-Object { Open-Machine $machines $_ }
    }

    AfterAll {
        'n1', 'n2', 'n3' | ForEach-Object { Close-AtOnce @(Get-ProcessTree -Id (Get-MachineId $_)) }
    }

    AfterEach {
        if ($run -and -not $run.HasExited) {
            Close-AtOnce @(Get-ProcessTree -Id $run.Id)
        }
        $relay.Dispose()
    }

    It 'starts again only shares that ended with 75, until the relay is available' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $relay.Models = 'gemini-2.5-flash-image'
        $job = Initialize-Job 9 $relay.BaseUri
        $relay.GoAway()

        $run = Open-Parallel $job @{ SHARES = '3' }
        $log = "$($job.Folder)/parallel.log"
        Wait-Condition -Seconds 90 { (Test-Path -LiteralPath $log) -and @(Get-Content -LiteralPath $log).Count -gt 1 } |
            Should -BeTrue -Because (Get-Content -Raw "$($job.Folder)/errors")
        $relay.ComeBack()

        $run.WaitForExit(120000) | Should -BeTrue
        $run.ExitCode | Should -Be 0 -Because (Get-Content -Raw "$($job.Folder)/errors")
        $codes = Import-Csv -LiteralPath "$($job.Folder)/parallel.log" -Delimiter "`t" | Group-Object Seq
        $codes | Should -HaveCount 3
        @($codes | ForEach-Object { $_.Group[0].Exitval }) | Should -Contain '75'
        $codes | ForEach-Object { $_.Group[-1].Exitval } | Should -Be 0, 0, 0
        $relay.Received | Should -Be 9
    }

    It 'does not start a share again if its configuration has to be fixed' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $job = Initialize-Job 9 $relay.BaseUri

        $run = Open-Parallel $job @{ SHARES = '2'; KEY_FILE = "$($job.Folder)/none" }

        $run.WaitForExit(120000) | Should -BeTrue
        $run.ExitCode | Should -Be 78
        (Import-Csv -LiteralPath "$($job.Folder)/parallel.log" -Delimiter "`t").Exitval | Should -Be 78, 78
    }

    It 'edits 300 images though a machine fails: all are saved, and only its requests in flight are paid for twice' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer') * 100 + @('hold'))
        $relay.Models = 'gemini-2.5-flash-image'
        $job = Initialize-Job 300 $relay.BaseUri
        $run = Open-Parallel $job

        $held = Wait-InFlight $relay $job { Get-ShareOn n2 }
        Close-AtOnce @(Get-ProcessTree -Id (Get-MachineId n2))
        $inFlight = @(Get-InFlightSource $job $held.Share)
        $relay.Release()

        $run.WaitForExit(150000) | Should -BeTrue
        $run.ExitCode | Should -Be 0 -Because (Get-Content -Raw "$($job.Folder)/errors")
        Assert-AllEdited $relay $job -Held $held.Sources -InFlight $inFlight
        (Import-Csv -LiteralPath "$($job.Folder)/parallel.log" -Delimiter "`t").Exitval | Should -Contain '255'
    }
}
