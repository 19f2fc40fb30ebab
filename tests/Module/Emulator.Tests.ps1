BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session

    # A port that was free a moment ago.
    function Get-FreePort {
        $probe = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $probe.Start()
        try {
            $probe.LocalEndpoint.Port
        }
        finally {
            $probe.Stop()
        }
    }
}

AfterAll {
    Restore-Session
}

Describe 'The emulator' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
    }

    AfterEach {
        Stop-TokaifyEmulator
        Disconnect-Tokaify
    }

    Context 'when it starts' {
        It 'connects the session to itself, so that edits need no key' {
            Start-TokaifyEmulator

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
        }

        It 'listens on this machine only' {
            (Start-TokaifyEmulator -PassThru).BaseUri.Host | Should -Be '127.0.0.1'
        }

        It 'emits nothing without -PassThru, and gives the session''s context with it' {
            Start-TokaifyEmulator | Should -BeNullOrEmpty
            Stop-TokaifyEmulator

            $context = Start-TokaifyEmulator -PassThru

            $context | Should -BeOfType [Tokaify.TokaifyContext]
            $context.BaseUri | Should -Be (Get-TokaifyContext).BaseUri
        }

        It 'describes what it started in the information stream: its address, and no faults' {
            $said = Start-TokaifyEmulator 6>&1

            $said.Tags | Should -Contain 'PSHOST' -Because 'hosts show such a line without being asked'
            "$said" | Should -BeLike "The emulator listens at $((Get-TokaifyContext).BaseUri). *nothing is billed. Faults: none. Stop-*"
        }

        It 'says what faults, latency and log it has' {
            $faults = @{ Fault = 'Cut', 'Html502'; FaultRate = 0.3; FaultSeed = 4 }
            $said = Start-TokaifyEmulator @faults -Latency 0.5 -LogPath "$folder/log.jsonl" 6>&1

            "$said" | Should -BeLike '* Faults: Cut, Html502, in 30 % of the edits, seed 4. Latency: 0.5 s. Log: *log.jsonl''.*'
        }

        It 'says that a rate without faults means all faults' {
            "$(Start-TokaifyEmulator -FaultRate 0.125 6>&1)" | Should -BeLike '*Faults: All, in 12.5 % of the edits, seed 0.*'
        }

        It 'listens on the -Port it is given' {
            $port = Get-FreePort

            (Start-TokaifyEmulator -Port $port -PassThru).BaseUri.Port | Should -Be $port
        }

        It 'keeps the session''s model' {
            Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret 'key-of-the-session') `
                -Model 'gemini-3.1-flash-image-preview'

            (Start-TokaifyEmulator -PassThru).Model | Should -Be 'gemini-3.1-flash-image-preview'
        }

        It 'cannot listen on a port in use, and the session is unchanged' {
            $before = (Get-TokaifyContext).BaseUri
            $other = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $other.Start()
            try {
                $failure = Get-TerminatingError { Start-TokaifyEmulator -Port $other.LocalEndpoint.Port }
            }
            finally {
                $other.Stop()
            }

            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*port*'
            (Get-TokaifyContext).BaseUri | Should -Be $before
        }

        It 'replaces a running one at the same address, and says so' {
            $address = (Start-TokaifyEmulator -PassThru 6> $null).BaseUri
            $said = "$(Start-TokaifyEmulator -Fault Safety 6>&1)"

            $said | Should -BeLike "The emulator listens at $address, in place of the one before. *Faults: Safety*"
            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ErrorVariable failure -ErrorAction SilentlyContinue
            $failure | Get-ErrorId | Should -Be 'ContentBlocked'

            Start-TokaifyEmulator 6> $null
            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
        }

        It 'replaces one that has a gate, and one that writes a log' {
            Start-TokaifyEmulator -Fault Reset -FaultRate 0 -LogPath "$folder/log.jsonl" 6> $null
            Start-TokaifyEmulator -Fault EarlyTooLarge -FaultRate 0 -LogPath "$folder/log.jsonl" 6> $null

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
            Get-Content -LiteralPath "$folder/log.jsonl" | Should -HaveCount 1
        }

        It 'replaces it at another port if one is requested, and the old one no longer listens' {
            $before = (Start-TokaifyEmulator -PassThru 6> $null).BaseUri
            $port = Get-FreePort
            $said = "$(Start-TokaifyEmulator -Port $port 6>&1)"

            $said | Should -BeLike "The emulator listens at http://127.0.0.1:$port/, in place of the one at $before. *"
            Test-Listening $before | Should -BeFalse
        }

        It 'goes on if its replacement cannot start: <Why>' -ForEach @(
            @{ Why = 'a port that is taken'; Options = { @{ Port = $other.LocalEndpoint.Port } } }
            @{ Why = 'a log that cannot be'; Options = { @{ LogPath = "$folder/nowhere/log.jsonl" } } }
        ) {
            $before = (Start-TokaifyEmulator -PassThru 6> $null).BaseUri
            $other = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $other.Start()
            try {
                $wrong = & $Options
                Get-TerminatingError { Start-TokaifyEmulator -Fault Safety @wrong } | Get-ErrorId | Should -Be 'InvalidArgument'
            }
            finally {
                $other.Stop()
            }

            (Get-TokaifyContext).BaseUri | Should -Be $before
            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
        }

        It 'connects a session that has another connection, and Stop-TokaifyEmulator restores it' {
            Start-TokaifyEmulator 6> $null
            Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret 'key-of-the-session')
            "$(Start-TokaifyEmulator 6>&1)" | Should -BeLike '*This session is connected to it*'

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
            Stop-TokaifyEmulator
            (Get-TokaifyContext).BaseUri | Should -Be 'https://relay.example/'
        }

        It 'restores the connection before the first of two emulators' {
            Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret 'key-of-the-session')
            Start-TokaifyEmulator 6> $null
            Start-TokaifyEmulator -Fault Safety 6> $null
            Stop-TokaifyEmulator

            (Get-TokaifyContext).BaseUri | Should -Be 'https://relay.example/'
        }

        It 'refuses <Name> <Value>' -ForEach @(
            @{ Name = 'Port'; Value = -1 }
            @{ Name = 'Port'; Value = 65536 }
            @{ Name = 'Latency'; Value = -1 }
        ) {
            $options = @{ $Name = $Value }

            Get-TerminatingError { Start-TokaifyEmulator @options } | Get-ErrorId | Should -Be 'ParameterArgumentValidationError'
        }
    }

    Context 'when it responds' {
        It 'is reached without the proxy that the environment names' {
            # In a separate process, because a process reads its proxy once. The proxy's port is closed.
            $before = $env:HTTP_PROXY
            $env:HTTP_PROXY = "http://127.0.0.1:$(Get-FreePort)"
            try {
                $status = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
                    Import-Module '$BuiltModule'
                    Start-TokaifyEmulator 6> `$null
                    (Invoke-TokaifyImageEdit -Prompt 'Sunset' -LiteralPath '$($picture.FullName)' -Verbose 4>&1 |
                        Where-Object { `$_ -is [Tokaify.ImageEditResult] -or `$_.Message -like 'Retrying*' } |
                        Select-Object -First 1).Status"
            }
            finally {
                $env:HTTP_PROXY = $before
            }

            $status | Should -Be 'Saved'
        }

        It 'takes as long as -Latency says' {
            Start-TokaifyEmulator -Latency 0.5

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Duration.TotalSeconds | Should -BeGreaterOrEqual 0.5
        }

        It 'gives the same image for the same request, and another for another' {
            Start-TokaifyEmulator

            $hashes = 'Sunset', 'Sunset', 'Sunrise' | ForEach-Object {
                Get-Sha256 ($picture | Invoke-TokaifyImageEdit -Prompt $_).Path
            }

            $hashes[1] | Should -Be $hashes[0]
            $hashes[2] | Should -Not -Be $hashes[0]
        }

        It 'serves other clients in the same session' {
            Start-TokaifyEmulator

            $models = Invoke-RestMethod -Uri "$((Get-TokaifyContext).BaseUri)v1beta/models" -Headers @{ Authorization = 'Bearer any' } `
                -UseBasicParsing

            $models.models.name -replace '^models/' | Should -Contain 'gemini-2.5-flash-image'
        }
    }

    Context 'when it stops' {
        It 'restores the connection that the session had before' {
            Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret 'key-of-the-session') `
                -Model 'gemini-3.1-flash-image-preview'
            Start-TokaifyEmulator
            Stop-TokaifyEmulator

            $context = Get-TokaifyContext

            $context.BaseUri | Should -Be 'https://relay.example/'
            $context.ApiKey.ToString() | Should -Be '****sion'
            $context.Model | Should -Be 'gemini-3.1-flash-image-preview'
        }

        It 'keeps a connection that the session has made meanwhile' {
            Start-TokaifyEmulator
            Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret 'key-of-the-session')
            Stop-TokaifyEmulator

            (Get-TokaifyContext).BaseUri | Should -Be 'https://relay.example/'
        }

        It 'leaves a session without a key without one' {
            Start-TokaifyEmulator
            Stop-TokaifyEmulator

            Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' } | Get-ErrorId | Should -Be 'ApiKeyMissing'
        }

        It 'no longer listens' {
            $address = (Start-TokaifyEmulator -PassThru).BaseUri
            Test-Listening $address | Should -BeTrue

            Stop-TokaifyEmulator

            Test-Listening $address | Should -BeFalse
        }

        It 'can start again, on the same port too' {
            $port = (Start-TokaifyEmulator -PassThru).BaseUri.Port
            Stop-TokaifyEmulator

            (Start-TokaifyEmulator -Port $port -PassThru).BaseUri.Port | Should -Be $port
        }

        It 'is not an error if it is not running' {
            Stop-TokaifyEmulator -ErrorVariable failures | Should -BeNullOrEmpty
            $failures | Should -BeNullOrEmpty
        }

        It 'stops with the module' {
            $address = (Start-TokaifyEmulator -PassThru).BaseUri
            try {
                Remove-Module Tokaify.PowerShell

                Test-Listening $address | Should -BeFalse
            }
            finally {
                Import-Module $BuiltModule
            }
            (Get-TokaifyContext).BaseUri | Should -Not -Be $address
        }
    }
}
