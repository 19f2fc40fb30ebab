BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Secret = 'sk-NobodyMayReadThis-wxyz'
}

AfterAll {
    Restore-Session
}

Describe 'The connection' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
    }

    AfterEach {
        Stop-TokaifyEmulator
        Disconnect-Tokaify
        [Environment]::SetEnvironmentVariable('TOKAIFY_API_KEY', $null)
        [Environment]::SetEnvironmentVariable('TOKAIFY_BASE_URL', $null)
    }

    Context 'without a key' {
        It 'is an error that ends the command before it looks at an image' {
            $failure = Get-TerminatingError {
                $picture, 'missing.png' | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ErrorAction SilentlyContinue
            }

            $failure | Get-ErrorId | Should -Be 'ApiKeyMissing'
            $failure.CategoryInfo.Category | Should -Be 'AuthenticationError'
            $failure.Exception | Should -BeOfType [Tokaify.TokaifyException]
        }

        It 'says how to get one' {
            $failure = Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' }

            $failure.Exception.Message | Should -BeLike '*TOKAIFY_API_KEY*Connect-Tokaify*-ApiKey*Start-TokaifyEmulator*'
        }

        It 'is an error that says how to give a plain-text key, and does not repeat it' {
            foreach ($command in { Connect-Tokaify -ApiKey $Secret }, { Invoke-TokaifyImageEdit 'Sunset' $picture -ApiKey $Secret }) {
                $failure = Get-TerminatingError $command

                $failure.Exception.Message | Should -BeLike '*ApiKey*(Read-Host -AsSecureString)*TOKAIFY_API_KEY*'
                ($failure | Format-List -Property * -Force | Out-String) | Should -Not -Match $Secret
            }
        }

        It 'is an error even if the pipeline brings nothing' {
            Get-TerminatingError { @() | Invoke-TokaifyImageEdit -Prompt 'Sunset' } | Get-ErrorId | Should -Be 'ApiKeyMissing'
        }

        It 'is an error if the key given is empty' {
            Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ApiKey ([securestring]::new()) } |
                Get-ErrorId | Should -Be 'ApiKeyMissing'
        }

        It 'is an error if the environment holds only space' {
            [Environment]::SetEnvironmentVariable('TOKAIFY_API_KEY', '  ')

            Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' } | Get-ErrorId | Should -Be 'ApiKeyMissing'
        }

        It 'is enough for -WhatIf' {
            # In a new runspace, whose host does not show the text of -WhatIf.
            $run = Invoke-InBackground -Arguments $picture -Script {
                param($Picture)
                $Picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -WhatIf
                $Error.Count
            }

            Receive-Background $run | Should -Be 0
        }

        It 'cannot be set up by Connect-Tokaify' {
            Get-TerminatingError { Connect-Tokaify -Model 'gemini-2.5-flash-image' } | Get-ErrorId | Should -Be 'ApiKeyMissing'
        }
    }

    Context 'given in several places' {
        BeforeEach {
            $relays = @{}
            foreach ($name in 'parameter', 'session', 'environment') {
                $relays[$name] = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            }
            $asked = { $relays.Keys | Where-Object { $relays[$_].Received } }

            [Environment]::SetEnvironmentVariable('TOKAIFY_API_KEY', 'key-of-the-environment')
            [Environment]::SetEnvironmentVariable('TOKAIFY_BASE_URL', $relays.environment.BaseUri)
        }

        AfterEach {
            $relays.Values | ForEach-Object Dispose
        }

        It 'is first that of the parameters' {
            Connect-Tokaify -BaseUri $relays.session.BaseUri -ApiKey (ConvertTo-Secret 'key-of-the-session')

            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' `
                -BaseUri $relays.parameter.BaseUri -ApiKey (ConvertTo-Secret 'key-of-the-parameter')

            & $asked | Should -Be 'parameter'
            $relays.parameter.LastHead | Should -MatchExactly 'Authorization: Bearer key-of-the-parameter\r\n'
        }

        It 'is that of the session before that of the environment' {
            Connect-Tokaify -BaseUri $relays.session.BaseUri -ApiKey (ConvertTo-Secret 'key-of-the-session')

            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            & $asked | Should -Be 'session'
            $relays.session.LastHead | Should -MatchExactly 'Authorization: Bearer key-of-the-session\r\n'
        }

        It 'is that of the environment if there is no other' {
            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            & $asked | Should -Be 'environment'
            $relays.environment.LastHead | Should -MatchExactly 'Authorization: Bearer key-of-the-environment\r\n'
        }

        It 'is combined from all of them' {
            Connect-Tokaify -BaseUri $relays.session.BaseUri

            $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            & $asked | Should -Be 'session'
            $relays.session.LastHead | Should -MatchExactly 'Authorization: Bearer key-of-the-environment\r\n'
        }

        It 'is that of the environment again after Disconnect-Tokaify' {
            Connect-Tokaify -BaseUri $relays.session.BaseUri -ApiKey (ConvertTo-Secret 'key-of-the-session')
            Disconnect-Tokaify

            (Get-TokaifyContext).BaseUri | Should -Be $relays.environment.BaseUri
        }

        It 'is refused if the environment''s address is not an address' {
            [Environment]::SetEnvironmentVariable('TOKAIFY_BASE_URL', 'not an address')

            Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' } | Get-ErrorId | Should -Be 'InvalidArgument'
        }
    }

    Context 'to an address that would expose the key' {
        It 'is refused over http to another machine, before anything is sent' {
            $failure = Get-TerminatingError {
                $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -BaseUri 'http://relay.example' -ApiKey (ConvertTo-Secret $Secret) `
                    -ErrorAction SilentlyContinue
            }

            $failure | Get-ErrorId | Should -Be 'InsecureConnection'
            $failure.CategoryInfo.Category | Should -Be 'SecurityError'
        }

        It 'is refused by Connect-Tokaify, and the session stays as it was' {
            Connect-Tokaify -BaseUri 'https://first.example' -ApiKey (ConvertTo-Secret $Secret)

            Get-TerminatingError { Connect-Tokaify -BaseUri 'http://relay.example' -ApiKey (ConvertTo-Secret $Secret) } |
                Get-ErrorId | Should -Be 'InsecureConnection'

            (Get-TokaifyContext).BaseUri | Should -Be 'https://first.example/'
        }

        It 'is accepted by Connect-Tokaify with -AllowUnencryptedAuthentication' {
            $allowed = @{ AllowUnencryptedAuthentication = $true }

            Connect-Tokaify -BaseUri 'http://relay.example' -ApiKey (ConvertTo-Secret $Secret) @allowed

            (Get-TokaifyContext).AllowUnencryptedAuthentication | Should -BeTrue
        }

        It 'is accepted over http to this machine: <_>' -ForEach 'http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080' {
            (Connect-Tokaify -BaseUri $_ -ApiKey (ConvertTo-Secret $Secret) -PassThru).BaseUri | Should -Be "$_/"
        }

        It 'is refused if it is not a web address: <_>' -ForEach 'ftp://relay.example', 'relay.example', 'file:///tmp' {
            $address = $_

            Get-TerminatingError { Connect-Tokaify -BaseUri $address -ApiKey (ConvertTo-Secret $Secret) } |
                Get-ErrorId | Should -Be 'InvalidArgument'
        }
    }
}

Describe 'The context of a session' {
    AfterEach {
        Stop-TokaifyEmulator
        Disconnect-Tokaify
    }

    It 'is the relay''s public address, the default model and no key at first' {
        $context = Get-TokaifyContext

        $context | Should -BeOfType [Tokaify.TokaifyContext]
        $context.BaseUri | Should -Be 'https://api.tokaify.com/'
        $context.Model | Should -Be 'gemini-2.5-flash-image'
        $context.ApiKey | Should -BeNullOrEmpty
        $context.Proxy | Should -BeNullOrEmpty
        $context.AllowUnencryptedAuthentication | Should -BeFalse
    }

    It 'has the settings of Connect-Tokaify' {
        Connect-Tokaify -BaseUri 'https://relay.example/api' -ApiKey (ConvertTo-Secret $Secret) -Model 'gemini-3.1-flash-image-preview' `
            -Proxy 'http://proxy.example:3128'

        $context = Get-TokaifyContext

        $context.BaseUri | Should -Be 'https://relay.example/api'
        $context.Model | Should -Be 'gemini-3.1-flash-image-preview'
        $context.Proxy | Should -Be 'http://proxy.example:3128/'
    }

    It 'may be removed while a command uses it, and the command goes on' {
        $folder = Initialize-Folder
        $sources = 1..3 | ForEach-Object { Copy-Picture -Name plain.png -To $folder -As "$_.png" }
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret $Secret)

            $results = $sources | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ThrottleLimit 1 | ForEach-Object {
                Disconnect-Tokaify
                $_
            }
        }
        finally {
            $relay.Dispose()
        }

        $results.Status | Should -Be 'Saved', 'Saved', 'Saved'
        (Get-TokaifyContext).ApiKey | Should -BeNullOrEmpty
    }

    It 'is emitted by Connect-Tokaify only with -PassThru' {
        Connect-Tokaify -ApiKey (ConvertTo-Secret $Secret) | Should -BeNullOrEmpty
        Connect-Tokaify -ApiKey (ConvertTo-Secret $Secret) -PassThru | Should -BeOfType [Tokaify.TokaifyContext]
    }

    It 'is kept if the next Connect-Tokaify has no key, and the error says that all settings are reset' {
        Connect-Tokaify -ApiKey (ConvertTo-Secret $Secret)
        $failure = Get-TerminatingError { Connect-Tokaify -Model 'gemini-9-image' }

        $failure | Get-ErrorId | Should -Be 'ApiKeyMissing'
        $failure.Exception.Message | Should -BeLike '*resets every setting that is not given*-ApiKey*'
        (Get-TokaifyContext).ApiKey | Should -Not -BeNullOrEmpty
        (Get-TokaifyContext).Model | Should -Not -Be 'gemini-9-image'
    }

    It 'is replaced by the next Connect-Tokaify' {
        Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret $Secret)
        Connect-Tokaify -ApiKey (ConvertTo-Secret $Secret) -Model 'gemini-9-image'

        (Get-TokaifyContext).BaseUri | Should -Be 'https://api.tokaify.com/'
        (Get-TokaifyContext).Model | Should -Be 'gemini-9-image'
    }

    It 'is empty after Disconnect-Tokaify' {
        Connect-Tokaify -BaseUri 'https://relay.example' -ApiKey (ConvertTo-Secret $Secret) -Model 'gemini-3.1-flash-image-preview'
        Disconnect-Tokaify

        (Get-TokaifyContext).ApiKey | Should -BeNullOrEmpty
        (Get-TokaifyContext).BaseUri | Should -Be 'https://api.tokaify.com/'
        (Get-TokaifyContext).Model | Should -Be 'gemini-2.5-flash-image'
    }

    It 'sets the model of edits that name none' {
        $picture = Copy-Picture -Name plain.png -To (Initialize-Folder)
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret $Secret) -Model 'gemini-3.1-flash-image-preview'

            $results = @(
                $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -AspectRatio 8:1
                $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Model 'gemini-2.5-flash-image'
            )
        }
        finally {
            $relay.Dispose()
        }

        $results.Model | Should -Be 'gemini-3.1-flash-image-preview', 'gemini-2.5-flash-image'
    }
}

Describe 'The key' {
    BeforeAll {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('refuse'))
        $picture = Copy-Picture -Name plain.png -To (Initialize-Folder)
        Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret $Secret)
        $context = Get-TokaifyContext
    }

    AfterAll {
        $relay.Dispose()
        Disconnect-Tokaify
    }

    It 'is shown by its last four characters' {
        $context.ApiKey | Should -BeExactly '****wxyz'
        $context | Out-String | Should -MatchExactly '\*\*\*\*wxyz'
    }

    It 'is not shown at all if it is short' {
        (Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret 'abcd1234') -PassThru).ApiKey | Should -BeExactly '****'
        Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret $Secret)
    }

    It 'is not in the context as <As>' -ForEach @(
        @{ As = 'the usual list'; Show = { param($Object) $Object | Out-String } }
        @{ As = 'a list of everything'; Show = { param($Object) $Object | Format-List * -Force | Out-String } }
        @{ As = 'a list of everything within it'; Show = { param($Object) $Object.ApiKey | Format-Custom * -Force | Out-String } }
        @{ As = 'text'; Show = { param($Object) "$Object $($Object.ApiKey)" } }
        @{ As = 'JSON'; Show = { param($Object) ConvertTo-Json -InputObject $Object -Depth 5 -WarningAction SilentlyContinue } }
        @{ As = 'CLIXML'; Show = { param($Object) [System.Management.Automation.PSSerializer]::Serialize($Object, 5) } }
    ) {
        & $Show $context | Should -Not -Match 'NobodyMayReadThis'
    }

    It 'is in no stream of an edit that fails, debug included' {
        $everything = & {
            $DebugPreference = 'Continue'
            $InformationPreference = 'Continue'
            $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -Verbose -ErrorAction Continue
        } *>&1

        $everything | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | Should -HaveCount 1
        $everything | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | Should -Not -BeNullOrEmpty
        $everything | Format-List * -Force | Out-String -Width 500 | Should -Not -Match 'NobodyMayReadThis'
        $everything | Out-String -Width 500 | Should -Not -Match 'NobodyMayReadThis'
    }

    It 'is not in an error, at any depth' {
        $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures[0].Exception.ToString() | Should -Not -Match 'NobodyMayReadThis'
        [System.Management.Automation.PSSerializer]::Serialize($failures[0], 5) | Should -Not -Match 'NobodyMayReadThis'
    }

    It 'is not in the error for an address' {
        $failure = Get-TerminatingError { Connect-Tokaify -BaseUri 'http://relay.example' -ApiKey (ConvertTo-Secret $Secret) }

        [System.Management.Automation.PSSerializer]::Serialize($failure, 5) | Should -Not -Match 'NobodyMayReadThis'
    }
}
