# Named connections. The tests that need a vault are in Vault.Tests.ps1.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = 'sk-of-the-user-0815'
    $OfEnvironment = 'sk-of-the-environment'
}

AfterAll {
    Restore-Session
}

Describe 'Profiles' {
    BeforeEach {
        $folder = Initialize-Folder
        $before = $env:XDG_CONFIG_HOME, $env:APPDATA
        $env:XDG_CONFIG_HOME = $env:APPDATA = Join-Path $folder 'config'
    }

    AfterEach {
        Disconnect-Tokaify
        $env:XDG_CONFIG_HOME, $env:APPDATA = $before
        foreach ($name in 'TOKAIFY_API_KEY', 'TOKAIFY_BASE_URL', 'TOKAIFY_PROFILE') {
            [Environment]::SetEnvironmentVariable($name, $null)
        }
    }

    Context 'in the file' {
        It 'are added, changed setting by setting, and listed' {
            Set-TokaifyProfile studio -BaseUri https://relay.test -Model one -MaximumCost 5
            $changed = Set-TokaifyProfile STUDIO -Model two -MaximumCost $null -PassThru

            $changed | Should -BeOfType [Tokaify.TokaifyProfile]
            $read = Get-TokaifyProfile
            $read | Should -HaveCount 1
            $read.Name, "$($read.BaseUri)", $read.Model, $read.MaximumCost | Should -Be @('studio', 'https://relay.test/', 'two', $null)
        }

        It 'bind from rows, in which an empty cell is not a setting' {
            'Name,SecretName,ThrottleLimit,MaximumCost', 'studio,tokaify,8,', 'night,tokaify,,2.5' | ConvertFrom-Csv | Set-TokaifyProfile

            (Get-TokaifyProfile studio).ThrottleLimit | Should -Be 8
            (Get-TokaifyProfile studio).MaximumCost | Should -BeNullOrEmpty
            (Get-TokaifyProfile night).MaximumCost | Should -Be 2.5
        }

        It 'hold full paths, and a folder of journals is kept as a folder' {
            Push-Location -LiteralPath $folder
            try {
                Set-TokaifyProfile studio -ModelCatalogPath models.json -JournalPath journals/
            }
            finally {
                Pop-Location
            }

            (Get-TokaifyProfile studio).ModelCatalogPath | Should -Be (Join-Path $folder 'models.json')
            (Get-TokaifyProfile studio).JournalPath.TrimEnd('/', '\') | Should -Be (Join-Path $folder 'journals')
            (Get-TokaifyProfile studio).JournalPath | Should -Match '[/\\]$'
        }

        It 'are removed, from the pipeline as well' {
            'one', 'two', 'three' | ForEach-Object { Set-TokaifyProfile $_ }
            Get-TokaifyProfile t* | Remove-TokaifyProfile

            (Get-TokaifyProfile).Name | Should -Be 'one'
        }

        It 'are not touched with -WhatIf' {
            Set-TokaifyProfile studio
            $run = Invoke-InBackground {
                Set-TokaifyProfile other -WhatIf
                Set-TokaifyProfile studio -Model another -WhatIf
                Remove-TokaifyProfile studio -WhatIf
            }
            Receive-Background $run

            (Get-TokaifyProfile).Name | Should -Be 'studio'
            (Get-TokaifyProfile).Model | Should -BeNullOrEmpty
        }

        It 'that do not exist are an error, and the next one is processed' {
            Set-TokaifyProfile studio
            'nowhere', 'studio' | Remove-TokaifyProfile -ErrorVariable failed -ErrorAction SilentlyContinue
            Get-TokaifyProfile nowhere -ErrorVariable +failed -ErrorAction SilentlyContinue

            $failed | Get-ErrorId | Should -Be @('ProfileNotFound', 'ProfileNotFound')
            $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
            Get-TokaifyProfile | Should -BeNullOrEmpty
        }

        It 'refuse a password of a proxy, and do not repeat it' {
            Set-TokaifyProfile studio -Proxy 'http://joe:sk-Exposed@proxy.test:8080' -ErrorVariable failed -ErrorAction SilentlyContinue

            $failed | Get-ErrorId | Should -Be 'InvalidArgument'
            $failed | Format-List -Property * -Force | Out-String | Should -Not -Match 'http://joe:sk-Exposed|joe:sk'
            Get-TokaifyProfile | Should -BeNullOrEmpty
        }

        It 'that are damaged give an error with the name of the file, which is not changed' {
            Set-TokaifyProfile studio
            $file = (Get-ChildItem -LiteralPath "$folder/config" -Recurse -File -Filter profiles.json).FullName
            Set-Content -LiteralPath $file -Value '{ "version": 1, "profiles": { "studio": '
            $text = Get-Content -LiteralPath $file -Raw

            $commands = { Get-TokaifyProfile }, { Connect-Tokaify -Profile studio }, { Set-TokaifyProfile other -ErrorAction Stop }
            foreach ($command in $commands) {
                $failure = Get-TerminatingError $command
                $failure | Get-ErrorId | Should -Be 'InvalidArgument'
                $failure.Exception.Message | Should -Match ([regex]::Escape($file))
            }
            Get-Content -LiteralPath $file -Raw | Should -BeExactly $text
        }

        It 'with settings of a later version give a warning without control characters' {
            Set-TokaifyProfile studio
            $file = (Get-ChildItem -LiteralPath "$folder/config" -Recurse -File -Filter profiles.json).FullName
            Set-Content -LiteralPath $file -Value '{ "version": 1, "profiles": { "studio": { "x\u001b]0;hi\u0007y": 1 } } }'
            Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key)
            Invoke-TokaifyImageEdit 'Sunset' "$folder/nowhere.png" -WarningVariable warned -WarningAction SilentlyContinue `
                -ErrorAction SilentlyContinue

            "$($warned[0])" | Should -BeLike "*has a setting 'xy' that*"
            (Get-TokaifyProfile).UnknownSettings | Should -Be 'xy'
        }

        It 'are completed for each parameter that takes a name: <_>' -ForEach @(
            'Connect-Tokaify -Profile ', 'Get-TokaifyProfile ', 'Set-TokaifyProfile ', 'Remove-TokaifyProfile '
        ) {
            (TabExpansion2 -inputScript $_ -cursorColumn $_.Length).CompletionMatches.CompletionText | Should -Be 'studio'
            'night', 'nacht' | ForEach-Object { Set-TokaifyProfile $_ }
            $found = TabExpansion2 -inputScript "${_}n" -cursorColumn ($_.Length + 1)
            $found.CompletionMatches.CompletionText | Should -Be @('night', 'nacht')
        }
    }

    Context 'as a connection' {
        BeforeEach {
            $relays = @{}
            foreach ($name in 'profile', 'environment', 'parameter') {
                $relays[$name] = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
            }
            $asked = { @($relays.Keys | Where-Object { $relays[$_].Received }) }
            $picture = Copy-Picture -Name plain.png -To $folder
            Set-TokaifyProfile studio -BaseUri $relays.profile.BaseUri -Model gemini-3.1-flash-image
            $env:TOKAIFY_API_KEY = $OfEnvironment
            $env:TOKAIFY_BASE_URL = $relays.environment.BaseUri
        }

        AfterEach {
            $relays.Values | ForEach-Object Dispose
        }

        It 'send a key that is given with them to their own address, with their model' {
            $context = Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key) -PassThru
            $result = Invoke-TokaifyImageEdit Sunset $picture

            & $asked | Should -Be 'profile'
            $relays.profile.LastHead | Should -MatchExactly "Authorization: Bearer $Key\r\n"
            $result.Model | Should -Be 'gemini-3.1-flash-image'
            $context.Profile | Should -Be 'studio'
            $context | Out-String | Should -Match 'Profile +: studio'
        }

        It 'without a secret do not use the key of the environment' {
            $edit = {
                $env:TOKAIFY_PROFILE = 'studio'
                Invoke-TokaifyImageEdit Sunset $picture
            }
            foreach ($command in { Connect-Tokaify -Profile studio }, $edit) {
                $failure = Get-TerminatingError $command
                $failure | Get-ErrorId | Should -Be 'ApiKeyMissing'
                $failure.Exception.Message | Should -BeLike '*''studio''*TOKAIFY_API_KEY is not used*-SecretName*'
            }
            & $asked | Should -BeNullOrEmpty
        }

        It 'without an address use the public one, not that of the environment' {
            Set-TokaifyProfile studio -BaseUri $null

            (Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key) -PassThru).BaseUri | Should -Be 'https://api.tokaify.com/'
        }

        It 'do not send their key to another address' {
            Get-TerminatingError { Connect-Tokaify -Profile studio -BaseUri $relays.parameter.BaseUri } | Get-ErrorId |
                Should -Be 'InvalidArgument'

            Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key)
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture -BaseUri $relays.parameter.BaseUri }
            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike '*''studio''*-ApiKey*'
            & $asked | Should -BeNullOrEmpty

            $other = @{ BaseUri = $relays.parameter.BaseUri; ApiKey = ConvertTo-Secret 'sk-of-the-parameter' }
            $null = Invoke-TokaifyImageEdit Sunset $picture @other
            & $asked | Should -Be 'parameter'
            $relays.parameter.LastHead | Should -MatchExactly 'Authorization: Bearer sk-of-the-parameter\r\n'
        }

        It 'of the environment that do not exist are an error that says so' {
            $env:TOKAIFY_PROFILE = 'nowhere'
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture }

            $failure | Get-ErrorId | Should -Be 'ProfileNotFound'
            $failure.Exception.Message | Should -BeLike '*TOKAIFY_PROFILE*''nowhere''*studio*'
            & $asked | Should -BeNullOrEmpty
        }

        It 'of the environment are overridden by a given key or address' {
            $env:TOKAIFY_PROFILE = 'studio'
            $null = Invoke-TokaifyImageEdit Sunset $picture -BaseUri $relays.parameter.BaseUri -ApiKey (ConvertTo-Secret $Key)
            & $asked | Should -Be 'parameter'

            Connect-Tokaify -ApiKey (ConvertTo-Secret $Key) -BaseUri $relays.parameter.BaseUri
            (Get-TokaifyContext).Profile | Should -BeNullOrEmpty
        }

        It 'are passed on to another runspace with the context' {
            Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key)
            $run = Invoke-InBackground -Arguments (Get-TokaifyContext), $picture.FullName -Script {
                param($Context, $Picture)
                Connect-Tokaify -Context $Context
                (Get-TokaifyContext).Profile
                $null = Invoke-TokaifyImageEdit Sunset $Picture
            }

            Receive-Background $run | Should -Be 'studio'
            & $asked | Should -Be 'profile'
        }

        It 'set journal, prices and budget, and the command line has precedence' {
            Set-Content -LiteralPath "$folder/models.json" -Value (
                '{"models":[{"name":"gemini-3.1-flash-image","price":{"currency":"EUR","perImage":0.5}}]}')
            Set-TokaifyProfile studio -ModelCatalogPath "$folder/models.json" -JournalPath "$folder/edits.jsonl" -MaximumCost 0.7
            Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key)

            $first = Invoke-TokaifyImageEdit Sunset $picture
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Night $picture }
            $second = Invoke-TokaifyImageEdit Night $picture -MaximumCost 5

            "$($first.Cost) $($first.Currency)" | Should -Be '0.5 EUR'
            $failure | Get-ErrorId | Should -Be 'BudgetReached'
            $second.Status | Should -Be 'Saved'
            @(Get-TokaifyJournal "$folder/edits.jsonl" | Where-Object Outcome -EQ Saved) | Should -HaveCount 2
        }

        It 'do not apply to the emulator, and apply again after it' {
            Connect-Tokaify -Profile studio -ApiKey (ConvertTo-Secret $Key)
            Start-TokaifyEmulator
            try {
                (Get-TokaifyContext).Profile | Should -BeNullOrEmpty
            }
            finally {
                Stop-TokaifyEmulator
            }
            (Get-TokaifyContext).Profile | Should -Be 'studio'
        }
    }
}
