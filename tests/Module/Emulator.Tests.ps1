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

        It 'says nothing without -PassThru, and gives the session''s context with it' {
            Start-TokaifyEmulator | Should -BeNullOrEmpty
            Stop-TokaifyEmulator

            $context = Start-TokaifyEmulator -PassThru

            $context | Should -BeOfType [Tokaify.TokaifyContext]
            $context.BaseUri | Should -Be (Get-TokaifyContext).BaseUri
        }

        It 'tells its address in the verbose stream' {
            $verbose = Start-TokaifyEmulator -Verbose 4>&1

            $verbose.Message | Should -BeLike "*$((Get-TokaifyContext).BaseUri)*"
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

        It 'cannot listen on a port that is taken, and the session stays as it was' {
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

        It 'cannot start twice, and the first goes on' {
            Start-TokaifyEmulator

            Get-TerminatingError { Start-TokaifyEmulator } | Get-ErrorId | Should -Be 'InvalidArgument'

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
        }

        It 'says that the session is elsewhere, where it is asked for again' {
            Start-TokaifyEmulator
            (Get-TerminatingError { Start-TokaifyEmulator }).Exception.Message | Should -Not -BeLike '*no longer connected*'

            Disconnect-Tokaify

            (Get-TerminatingError { Start-TokaifyEmulator }).Exception.Message |
                Should -BeLike 'An emulator runs already at http://*, but the session is no longer connected to it.*Stop-TokaifyEmulator.'
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

    Context 'when it answers' {
        It 'is reached without the proxy that the environment names' {
            # In a PowerShell of its own: a process reads its proxy once. Nothing listens at the proxy's port.
            $before = $env:HTTP_PROXY
            $env:HTTP_PROXY = "http://127.0.0.1:$(Get-FreePort)"
            try {
                $status = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
                    Import-Module '$BuiltModule'
                    Start-TokaifyEmulator
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

        It 'gives the same picture for the same request, and another for another' {
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
        It 'leaves the session connected to what it was connected to before' {
            Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret 'key-of-the-session') `
                -Model 'gemini-3.1-flash-image-preview'
            Start-TokaifyEmulator
            Stop-TokaifyEmulator

            $context = Get-TokaifyContext

            $context.BaseUri | Should -Be 'https://relay.example/'
            $context.ApiKey.ToString() | Should -Be '****sion'
            $context.Model | Should -Be 'gemini-3.1-flash-image-preview'
        }

        It 'leaves the session where it was connected to in the meantime' {
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

        It 'makes no fuss where it does not run' {
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
