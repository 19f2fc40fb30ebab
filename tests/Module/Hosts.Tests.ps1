# Several machines share the edits of a folder, over SSH: here, this machine under several ports.

BeforeDiscovery {
    $missing = 'sshd', 'ssh', 'ssh-keygen' | Where-Object {
        -not (Get-Command $_ -CommandType Application -ErrorAction SilentlyContinue) -and -not (Test-Path "/usr/sbin/$_")
    }
    $reason = if ($PSVersionTable.PSVersion -lt [version] '7.4' -or -not $IsLinux) { 'needs PowerShell 7.4 on Linux' }
    elseif ($missing) { "needs $($missing -join ', ')" }
    if ($reason) {
        Write-Host "The test of several machines is left out: it $reason."
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

        # Every test has machines of its own: one of them dies.
        function Open-Machine {
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
Subsystem powershell $((Get-Process -Id $PID).Path) -sshs -NoLogo -NoProfile
SetEnv TOKAIFY_BASE_URL=$((Get-TokaifyContext).BaseUri) TOKAIFY_API_KEY=key
"@
            $sshd = @(Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction SilentlyContinue)[0].Path
            $process = Start-Process $sshd -ArgumentList '-D', '-e', '-f', "$keys/$port" -PassThru -RedirectStandardError "$keys/$port.log"
            Wait-Until { try { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $port).Dispose(); $true } catch { $false } }
            [pscustomobject]@{
                Process = $process
                Connection = @{
                    HostName = '127.0.0.1'
                    Port = $port
                    UserName = [Environment]::UserName
                    KeyFilePath = "$keys/user"
                    Options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
                }
            }
        }

        # The machine and all that runs on it, at once.
        function Close-Machine {
            param($Machine)

            $dead = [System.Collections.Generic.List[int]]::new([int[]] $Machine.Process.Id)
            for ($index = 0; $index -lt $dead.Count; $index++) {
                $dead.AddRange([int[]] @(Get-Process | Where-Object { $_.Parent.Id -eq $dead[$index] } | ForEach-Object Id))
            }
            Stop-Process -Id $dead -Force -ErrorAction SilentlyContinue
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

        Start-TokaifyEmulator -Latency 0.2
        $sources = 1..24 | ForEach-Object { (Copy-Picture -Name plain.png -To $shared -As ('{0:00}.png' -f $_)).FullName }
    }

    BeforeEach {
        $machines = 1..3 | ForEach-Object { Open-Machine }
        $settings = @{
            Prompt = 'Sunset'
            Destination = Join-Path $shared ([guid]::NewGuid())
            HostName = $machines.Connection
            BatchSize = 3
            ThrottleLimit = 2
            Module = $BuiltModule
        }
    }

    AfterEach {
        $machines | ForEach-Object { Close-Machine $_ }
    }

    AfterAll {
        Restore-Session
    }

    It 'edits each file once, on one of the machines, and gathers one list' {
        $results = $sources | & "$Root/examples/Invoke-EditOnHosts.ps1" @settings

        $results.SourcePath | Sort-Object | Should -Be $sources
        (Get-ChildItem -LiteralPath $settings.Destination).Name | Should -Be ($sources | ForEach-Object { (Split-Path -LeafBase $_) + '-edited.png' })
    }

    # PowerShell's own SSH transport now and then ends its process with an unhandled IOException (broken pipe) when the other
    # side dies, and the whole suite with it. So this one runs only where it is asked for.
    It 'gives what a machine had not finished to the others when it dies' -Skip:(-not $env:TOKAIFY_TEST_DYING_HOST) {
        $first = $machines[0]
        $output = $sources | & "$Root/examples/Invoke-EditOnHosts.ps1" @settings 3>&1 | ForEach-Object {
            if ($first) {
                Close-Machine $first
                $first = $null
            }
            $_
        }
        $warnings, $results = $output.Where({ $_ -is [System.Management.Automation.WarningRecord] }, 'Split')

        $warnings -join ' ' | Should -Match "$($machines[0].Connection.Port) is gone"
        $results.SourcePath | Sort-Object | Should -Be $sources
        (Get-ChildItem -LiteralPath $settings.Destination -Filter *.png).Name | Should -Be ($sources | ForEach-Object { (Split-Path -LeafBase $_) + '-edited.png' })
    }

    It 'says what is left when no machine is' {
        $machines | ForEach-Object { Close-Machine $_ }

        $sources | & "$Root/examples/Invoke-EditOnHosts.ps1" @settings -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Should -Match '24 files are not edited'
    }
}
