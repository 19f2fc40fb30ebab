# Several machines share the edits of a folder, over SSH: here, this machine under several ports.

BeforeDiscovery {
    $missing = 'sshd', 'ssh', 'ssh-keygen' | Where-Object {
        -not (Get-Command $_ -CommandType Application -ErrorAction SilentlyContinue) -and -not (Test-Path "/usr/sbin/$_")
    }
    $reason = if ($PSVersionTable.PSVersion -lt [version] '7.4' -or -not $IsLinux) { 'needs PowerShell 7.4 on Linux' }
    elseif ($missing) { "needs $($missing -join ', ')" }
    if ($reason) {
        Write-Information "The test of several machines is left out: it $reason." -InformationAction Continue
    }
}

Describe 'Invoke-EditOnHosts.ps1' -Skip:([bool] $reason) {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Clear-Session
        $shared = Initialize-Folder
        $keys = Initialize-Folder
        ssh-keygen -q -t ed25519 -N '' -f "$keys/host"
        ssh-keygen -q -t ed25519 -N '' -f "$keys/user"
        Copy-Item "$keys/user.pub" "$keys/authorized_keys"
        if ((id -u) -eq 0) {
            $null = New-Item -ItemType Directory -Force /run/sshd
        }

        # A module that only those machines have which are told where.
        $modules = Initialize-Folder
        $null = New-Item -ItemType Directory "$modules/TokaifyOnHosts"
        Set-Content "$modules/TokaifyOnHosts/TokaifyOnHosts.psm1" "Import-Module '$BuiltModule' -Global"

        # Every test has machines of its own: some of them die.
        function Open-Machine {
            param($Environment = 'TOKAIFY_API_KEY=key')

            $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
            $listener.Start()
            $port = $listener.LocalEndpoint.Port
            $listener.Stop()
            Set-Content "$keys/$port" @"
Port $port
ListenAddress 127.0.0.1
HostKey $keys/host
AuthorizedKeysFile $keys/authorized_keys
PidFile none
StrictModes no
UsePAM no
SetEnv TOKAIFY_BASE_URL=$((Get-TokaifyContext).BaseUri) DOTNET_ROOT=$env:DOTNET_ROOT $Environment
"@
            $sshd = @(Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction SilentlyContinue)[0].Path
            $process = Start-Process $sshd -ArgumentList '-D', '-e', '-f', "$keys/$port" -PassThru -RedirectStandardError "$keys/$port.log"
            Wait-Until { try { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $port).Dispose(); $true } catch { $false } }
            [pscustomobject]@{
                Process    = $process
                Connection = @{
                    HostName    = '127.0.0.1'
                    Port        = $port
                    UserName    = [Environment]::UserName
                    KeyFilePath = "$keys/user"
                    Options     = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
                }
            }
        }

        # The process and all that it started.
        function Get-Tree {
            param($Root)

            $tree = [System.Collections.Generic.List[int]]::new([int[]] $Root)
            for ($index = 0; $index -lt $tree.Count; $index++) {
                $tree.AddRange([int[]] @(Get-Process | Where-Object { $_.Parent.Id -eq $tree[$index] } | ForEach-Object Id))
            }
            $tree
        }

        # The machine and all that runs on it, at once.
        function Close-Machine {
            param($Machine)

            Stop-Process -Id (Get-Tree $Machine.Process.Id) -Force -ErrorAction SilentlyContinue
            $Machine.Process.WaitForExit()
        }

        function Wait-Until {
            param([scriptblock] $Condition)

            $deadline = [DateTime]::UtcNow.AddSeconds(30)
            while (-not (& $Condition)) {
                if ([DateTime]::UtcNow -gt $deadline) {
                    throw "Nothing came of: $Condition"
                }
                Start-Sleep -Milliseconds 50
            }
        }

        # A number of machines of one kind, and what is given to the script.
        function Open-MachineSet {
            param([int] $Count, $Environment = 'TOKAIFY_API_KEY=key')

            1..$Count | ForEach-Object {
                $machine = Open-Machine $Environment
                $machines.Add($machine)
                $machine.Connection
            }
        }

        $log = Join-Path $keys 'edits.jsonl'
        Start-TokaifyEmulator -Latency 0.2 -LogPath $log
        $sources = 1..24 | ForEach-Object { (Copy-Picture -Name plain.png -To $shared -As ('{0:00}.png' -f $_)).FullName }
        $names = $sources | ForEach-Object { (Split-Path -LeafBase $_) + '-edited.png' }
        $script = "$Root/examples/Invoke-EditOnHosts.ps1"
    }

    BeforeEach {
        $machines = [System.Collections.Generic.List[object]]::new()
        $logged = @(Get-Content -LiteralPath $log -ErrorAction SilentlyContinue).Count
        $settings = @{
            Prompt        = 'Sunset'
            Destination   = Join-Path $shared ([guid]::NewGuid())
            BatchSize     = 3
            ThrottleLimit = 2
            Module        = $BuiltModule
            PowerShell    = (Get-Process -Id $PID).Path
        }
    }

    AfterEach {
        $machines | ForEach-Object { Close-Machine $_ }
    }

    AfterAll {
        Restore-Session
    }

    It 'edits each file once, on one of the machines, and gathers one list' {
        $results = $sources | & $script @settings -HostName (Open-MachineSet 3)

        $results.SourcePath | Sort-Object | Should -Be $sources
        $results.HostName | Should -BeIn ($machines | ForEach-Object { "127.0.0.1:$($_.Connection.Port)" })
        (Get-ChildItem -LiteralPath $settings.Destination).Name | Should -Be $names
        (Get-Content -LiteralPath $log).Count - $logged | Should -Be 24
    }

    It 'does not send again what is saved' {
        $null = New-Item -ItemType Directory $settings.Destination
        Copy-Picture -Name plain.png -To $settings.Destination -As $names[0]
        $results = $sources[0..3] | & $script @settings -HostName (Open-MachineSet 1)

        $results.SourcePath | Sort-Object | Should -Be $sources[0..3]
        ($results | Where-Object Status -EQ 'Skipped').SourcePath | Should -Be $sources[0]
        (Get-Content -LiteralPath $log).Count - $logged | Should -Be 3
    }

    It 'gathers every variation of a file' {
        $results = $sources[0..3] | & $script @settings -Option @{ Count = 2 } -HostName (Open-MachineSet 1)

        $results.SourcePath | Sort-Object -Unique | Should -Be $sources[0..3]
        $results.Path | Sort-Object -Unique | Should -HaveCount 8
    }

    It 'takes several options' {
        $option = @{ AspectRatio = '16:9'; Model = 'gemini-3.1-flash-image-preview'; IncludeText = $true }
        $results = $sources[0..1] | & $script @settings -Option $option -HostName (Open-MachineSet 1) -ErrorVariable failures

        $results.SourcePath | Sort-Object | Should -Be $sources[0..1]
        $results.Model | Should -Be @($option.Model, $option.Model)
        $failures | Should -BeNullOrEmpty
    }

    It 'hands on the one error of a file of which variations were to be made' {
        $results = $sources[0], "$shared/none.png" | & $script @settings -Option @{ Count = 2 } -HostName (Open-MachineSet 1) `
            -ErrorVariable failures -ErrorAction SilentlyContinue

        $results | Should -HaveCount 2
        $failures | Get-ErrorId | Should -Be 'FileNotFound'
    }

    It 'hands on the error of a file, and goes on' {
        $results = @($sources[0..3]) + "$shared/none.png" |
            & $script @settings -HostName (Open-MachineSet 1) -ErrorVariable failures -ErrorAction SilentlyContinue

        $results.SourcePath | Sort-Object | Should -Be $sources[0..3]
        $failures.TargetObject | Should -Be "$shared/none.png"
        Get-ErrorId $failures[0] | Should -Be 'FileNotFound'
    }

    It 'gives what a machine had not finished to the others when it dies, and loses no result' {
        $connections = Open-MachineSet 3
        $dead = $null
        $output = $sources | & $script @settings -HostName $connections 3>&1 | ForEach-Object {
            if (-not $dead) {
                $dead = $_.HostName
                Close-Machine ($machines | Where-Object { "127.0.0.1:$($_.Connection.Port)" -eq $dead })
            }
            $_
        }
        $warnings, $results = $output.Where({ $_ -is [System.Management.Automation.WarningRecord] }, 'Split')

        $warnings | Should -HaveCount 1
        $warnings | Should -Match "^$dead is lost"
        $results.SourcePath | Sort-Object | Should -Be $sources
        (Get-ChildItem -LiteralPath $settings.Destination -Filter *.png).Name | Should -Be $names
        (Get-Content -LiteralPath $log).Count - $logged | Should -BeIn (24..26) -Because 'at most those under way are paid for twice'
    }

    It 'does not wait for a machine that hangs, for one that never answers, nor for one that gets nothing done' {
        $mute = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $mute.Start()
        $silent = @{ HostName = '127.0.0.1'; Port = $mute.LocalEndpoint.Port }
        $connections = @(Open-MachineSet 3) + $silent + (Open-MachineSet 1 'TOKAIFY_API_KEY=key STUCK=yes')
        # As where the machine's disk hangs: the connection is as it should be, and no edit comes to its end.
        $setup = { if ($env:STUCK) { function global:Invoke-TokaifyImageEdit { Start-Sleep -Seconds 3600 } } }
        $hung = $null
        $limits = @{ SilenceTimeoutSec = 15; ResultTimeoutSec = 15 }
        $output = $sources | & $script @settings @limits -HostName $connections -Setup $setup 3>&1 | ForEach-Object {
            if (-not $hung) {
                $hung = $_.HostName
                $machine = $machines | Where-Object { "127.0.0.1:$($_.Connection.Port)" -eq $hung }
                sh -c "kill -STOP $(Get-Tree $machine.Process.Id)"
            }
            $_
        }
        $mute.Stop()
        $warnings, $results = $output.Where({ $_ -is [System.Management.Automation.WarningRecord] }, 'Split')

        $warnings -join "`n" | Should -Match "$hung is lost: it said nothing for 15 seconds"
        $warnings -join "`n" | Should -Match "$($connections[3].Port) is lost"
        $warnings -join "`n" | Should -Match "$($connections[4].Port) is lost: it had no result for 15 seconds"
        $results.SourcePath | Sort-Object | Should -Be $sources
        (Get-ChildItem -LiteralPath $settings.Destination -Filter *.png).Name | Should -Be $names
    }

    It 'goes on without machines that cannot be reached, have no module or have no key' {
        $settings.Module = 'TokaifyOnHosts'
        $able = Open-MachineSet 1 "TOKAIFY_API_KEY=key PSModulePath=$modules"
        $bare = Open-MachineSet 1
        $keyless = Open-MachineSet 1 "PSModulePath=$modules"
        $gone = Open-MachineSet 1
        Close-Machine $machines[3]

        $results = $sources |
            & $script @settings -HostName $gone, $bare, $keyless, $able -WarningVariable warnings -WarningAction SilentlyContinue

        $results.SourcePath | Sort-Object | Should -Be $sources
        $results.HostName | Sort-Object -Unique | Should -Be "127.0.0.1:$($able.Port)"
        $warnings -match "$($gone.Port) is lost" | Should -Match 'refused'
        $warnings -match "$($bare.Port) is lost" | Should -Match 'TokaifyOnHosts'
        $warnings -match "$($keyless.Port) is lost" | Should -Match 'TOKAIFY_API_KEY'
    }

    It 'says why a machine cannot be used, in the words of its shell' {
        $settings.PowerShell = 'no-such-program'
        $sources[0] | & $script @settings -HostName (Open-MachineSet 1) -WarningVariable warnings -WarningAction SilentlyContinue `
            -ErrorVariable failures -ErrorAction SilentlyContinue

        $warnings | Should -Match 'no-such-program.* not found'
        Get-ErrorId $failures[-1] | Should -Be 'NoMachineLeft'
        $failures[-1].TargetObject | Should -Be $sources[0]
    }

    It 'lets a machine fetch its key with Setup' {
        $setup = { Connect-Tokaify -ApiKey ([System.Net.NetworkCredential]::new('', 'key').SecurePassword) }
        $results = $sources[0..3] | & $script @settings -HostName (Open-MachineSet 1 'LANG=C') -Setup $setup

        $results.SourcePath | Sort-Object | Should -Be $sources[0..3]
    }

    It 'says which files are left when no machine is, and the rest can be run from that' {
        $connections = Open-MachineSet 3
        $quiet = @{ WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failures' }
        $first = $sources | & $script @settings @quiet -HostName $connections | ForEach-Object {
            $machines | ForEach-Object { Close-Machine $_ }
            $_
        }
        $left = $failures.Where({ $_.FullyQualifiedErrorId -like 'NoMachineLeft*' }).TargetObject

        $failures[-1] | Should -Match "No machine is left; $(24 - @($first).Count) of 24 files are not edited: .*, \.{4} Run the same again"
        @($left) + $first.SourcePath | Sort-Object | Should -Be $sources

        $settings.BatchSize = $settings.ThrottleLimit = 8
        $second = $left | & $script @settings -HostName (Open-MachineSet 1)

        $second.SourcePath | Sort-Object | Should -Be $left
        (Get-ChildItem -LiteralPath $settings.Destination -Filter *.png).Name | Should -Be $names
    }

    It 'ends the connections and the work on the machines when it is stopped' {
        $connections = Open-MachineSet 2
        $run = Invoke-InBackground {
            param($script, $sources, $settings, $connections)
            $sources | & $script @settings -HostName $connections
        } $script, $sources, $settings, $connections
        Wait-Until { Test-Path "$($settings.Destination)/*.png" }
        $run.PowerShell.Stop()

        Wait-Condition { -not (Get-Process ssh -ErrorAction SilentlyContinue | Where-Object { $_.Parent.Id -eq $PID }) } | Should -BeTrue
        foreach ($machine in $machines) {
            Wait-Condition { @(Get-Tree $machine.Process.Id).Count -eq 1 } | Should -BeTrue -Because 'only the server is to be left'
        }
        # The connection's server may go before the PowerShell that it started, which then is nobody's child and still at it.
        Wait-Condition { -not (Get-TemporaryFile $settings.Destination) } | Should -BeTrue
        $run.PowerShell.Dispose()
    }

    It 'refuses files that would be saved under one name' {
        $twin = (Copy-Picture -Name plain.png -To (Initialize-Folder) -As '01.png').FullName

        { @($sources[0]) + $twin | & $script @settings -HostName none } | Should -Throw '*under the same names*'
    }
}
