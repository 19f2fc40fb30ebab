# The profile that TOKAIFY_PROFILE names: which key goes to which address, which catalogue is used, and what messages advise.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = 'sk-of-the-user-0815'
}

AfterAll {
    Restore-Session
}

Describe 'The profile of the environment' {
    BeforeEach {
        $folder = Initialize-Folder
        $before = $env:XDG_CONFIG_HOME, $env:APPDATA
        $env:XDG_CONFIG_HOME = $env:APPDATA = Join-Path $folder 'config'
        $relays = @{}
        foreach ($name in 'profile', 'environment', 'parameter') {
            $relays[$name] = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        }
        $asked = { @($relays.Keys | Where-Object { $relays[$_].Received }) }
        $picture = Copy-Picture -Name plain.png -To $folder
        $given = @{ ApiKey = ConvertTo-Secret $Key }
        $env:TOKAIFY_API_KEY = 'sk-of-the-environment'
        $env:TOKAIFY_BASE_URL = $relays.environment.BaseUri
        $env:TOKAIFY_PROFILE = 'studio'
        Set-TokaifyProfile studio -BaseUri $relays.profile.BaseUri -JournalPath "$folder/edits.jsonl"
    }

    AfterEach {
        $relays.Values | ForEach-Object Dispose
        Disconnect-Tokaify
        $env:XDG_CONFIG_HOME, $env:APPDATA = $before
        foreach ($name in 'TOKAIFY_API_KEY', 'TOKAIFY_BASE_URL', 'TOKAIFY_PROFILE', 'TOKAIFY_MODEL_CATALOG') {
            [Environment]::SetEnvironmentVariable($name, $null)
        }
    }

    Context 'with a key from elsewhere' {
        It 'keeps its address, journal and budget if the command gets only a key' {
            Set-TokaifyProfile studio -MaximumCost 0
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given }
            $failure | Get-ErrorId | Should -Be 'BudgetReached'
            & $asked | Should -BeNullOrEmpty

            Set-TokaifyProfile studio -MaximumCost 1
            $null = Invoke-TokaifyImageEdit Sunset $picture @given
            & $asked | Should -Be 'profile'
            $relays.profile.LastHead | Should -MatchExactly "Authorization: Bearer $Key\r\n"
            Get-TokaifyJournal "$folder/edits.jsonl" | Where-Object Outcome -EQ Saved | Should -HaveCount 1
        }

        It 'is the profile of the session if Connect-Tokaify gets only a key, even if the variable changes later' {
            (Connect-Tokaify @given -PassThru).Profile | Should -Be 'studio'
            $env:TOKAIFY_PROFILE = 'other'
            Set-TokaifyProfile other -BaseUri $relays.parameter.BaseUri
            $null = Invoke-TokaifyImageEdit Sunset $picture
            & $asked | Should -Be 'profile'

            Get-TerminatingError { Invoke-TokaifyImageEdit Night $picture -BaseUri $relays.parameter.BaseUri } | Get-ErrorId |
                Should -Be 'InvalidArgument'
            & $asked | Should -Be 'profile'
        }

        It 'does not apply with an explicit address: <Case>' -ForEach @(
            @{ Case = 'the command''s key'; Expected = 'sk-of-the-user-0815' }
            @{ Case = 'the environment''s key'; Expected = 'sk-of-the-environment' }
        ) {
            $keys = if ($Case -like '*command*') { $given } else { @{} }
            $null = Invoke-TokaifyImageEdit Sunset $picture @keys -BaseUri $relays.parameter.BaseUri

            & $asked | Should -Be 'parameter'
            $relays.parameter.LastHead | Should -MatchExactly "Authorization: Bearer $Expected\r\n"
            "$folder/edits.jsonl" | Should -Not -Exist
        }

        It 'does not apply to a session that is connected without it, and a key alone changes only the key there' {
            $env:TOKAIFY_PROFILE = $null
            Connect-Tokaify -ApiKey (ConvertTo-Secret 'sk-of-the-session') -BaseUri $relays.parameter.BaseUri
            $env:TOKAIFY_PROFILE = 'studio'
            $null = Invoke-TokaifyImageEdit Sunset $picture
            $null = Invoke-TokaifyImageEdit Sunset $picture @given

            & $asked | Should -Be 'parameter'
            $relays.parameter.LastHead | Should -MatchExactly "Authorization: Bearer $Key\r\n"

            $env:TOKAIFY_PROFILE = $null
            Connect-Tokaify -ApiKey (ConvertTo-Secret 'sk-of-the-session')
            $env:TOKAIFY_PROFILE = 'studio'
            $null = Invoke-TokaifyImageEdit Sunset $picture
            $null = Invoke-TokaifyImageEdit Sunset $picture @given
            $relays.profile.Received | Should -Be 0
            $relays.environment.Received | Should -Be 2
        }
    }

    Context 'with a model and a catalogue' {
        BeforeEach {
            $catalog = Join-Path $folder 'own.json'
            Set-Content -LiteralPath $catalog -Value ('{"models":[{"name":"own-image","isDefault":true,"retiresOn":"2020-01-01",' +
                '"replacement":"gemini-2.5-flash-image","outputs":{"1:1":"64x64","3:2":"96x64"}}]}')
            Set-TokaifyProfile studio -ModelCatalogPath $catalog
        }

        It 'sets the model of a new conversation' {
            (New-TokaifyConversation).Model | Should -Be 'own-image'
            Set-TokaifyProfile studio -Model gemini-3.1-flash-image
            (New-TokaifyConversation).Model | Should -Be 'gemini-3.1-flash-image'
            (New-TokaifyConversation own).Model | Should -Be 'own'
            $env:TOKAIFY_PROFILE = $null
            (New-TokaifyConversation).Model | Should -Be 'gemini-2.5-flash-image'
            $env:TOKAIFY_MODEL_CATALOG = $catalog
            (New-TokaifyConversation).Model | Should -Be 'own-image'
            [Tokaify.Conversation]::new().Model | Should -Be 'own-image'
        }

        It 'sets the models that are listed and completed' {
            (Get-TokaifyModel).Name | Should -Contain 'own-image'
            $line = 'Invoke-TokaifyImageEdit -Model own'
            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be 'own-image'
            $line = 'Invoke-TokaifyImageEdit -AspectRatio '
            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be 'Source', '1:1', '3:2'
        }

        It 'sets the models that a connection test and a report of problems compare' {
            $relays.profile.Models = 'own-image', 'gemini-2.5-flash-image'

            (Test-TokaifyConnection @given).AvailableModels | Should -Be 'gemini-2.5-flash-image', 'own-image'
            Connect-Tokaify @given
            $found = Get-TokaifyDiagnostic
            $found.Catalog.Default | Should -Be 'own-image'
            $found.Catalog.UserFile | Should -BeLike '*own.json'
            $found.Test.AvailableModels | Should -Be 2
            (Get-TokaifyDiagnostic -SkipConnectionTest).Problems | Should -BeNullOrEmpty
        }

        It 'sets the hints of a retired model, and the expected size of an image' {
            $relays.profile.Plan('own-image', @('404 model_not_found'))
            $silent = @{ WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue' }
            Invoke-TokaifyImageEdit Sunset $picture @given @silent -WarningVariable warnings -ErrorVariable failures

            $warnings[0].Message | Should -BeLike 'own-image was shut down upstream on 2020-01-01*'
            $failures[0].Exception.Message | Should -BeLike '*own-image was shut down upstream on 2020-01-01*'
            $failures[0].Exception.Message | Should -BeLike '*check -Model and the address of the profile ''studio''*'

            $relays.profile.Plan('own-image', @('answer'))
            $size = [Tokaify.SavedImage]::Inspect($picture.FullName)
            Set-Content -LiteralPath $catalog -Value ('{"models":[{"name":"own-image","isDefault":true,"outputs":{"1:1":"' +
                "$($size.Width)x$($size.Height)" + '"}}]}')
            $result = Invoke-TokaifyImageEdit Sunset $picture @given -AspectRatio 1:1
            $result.MatchesRequest | Should -BeTrue
        }
    }

    Context 'in messages' {
        It 'is named if the key that it is used with is refused' {
            $relays.profile.Plan('gemini-2.5-flash-image', @('401 invalid_token'))
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given -ErrorAction Stop }

            $failure | Get-ErrorId | Should -Be 'Unauthorized'
            $failure.Exception.Message | Should -BeLike '*Check the key given with -ApiKey.*'
            $failure.Exception.Message | Should -Not -BeLike '*TOKAIFY_API_KEY*'

            Connect-Tokaify @given
            (Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture -ErrorAction Stop }).Exception.Message |
                Should -BeLike '*Check the key given to Connect-Tokaify.*'
        }

        It 'is named in the advice about a value that it sets' {
            Set-TokaifyProfile studio -MaximumCost 1
            $unknown = @{ Model = 'unknown-image' }
            (Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given @unknown }).Exception.Message |
                Should -BeLike '*Or remove the maximum cost from the profile ''studio'': Set-TokaifyProfile studio -MaximumCost $null.'
            (Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given @unknown -MaximumCost 1 }).Exception.Message |
                Should -BeLike '*Or leave -MaximumCost out.'

            Set-TokaifyProfile studio -MaximumCost 0
            (Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given }).Exception.Message |
                Should -BeLike '*With a greater -MaximumCost, which the profile ''studio'' sets, *'
        }

        It 'is named if its time limit has passed' {
            Set-TokaifyProfile studio -TimeoutSec 1
            $relays.profile.Plan('gemini-2.5-flash-image', @('hold'))
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given -MaximumRetryCount 0 -ErrorAction Stop }

            $failure | Get-ErrorId | Should -Be 'Timeout'
            $failure.Exception.Message | Should -BeLike '*Allow more time with -TimeoutSec, which the profile ''studio'' sets.'
        }

        It 'is named if its journal cannot be one' -Skip:($IsWindows -or $PSEdition -eq 'Desktop') {
            Set-TokaifyProfile studio -JournalPath /dev/null
            $failure = Get-TerminatingError { Invoke-TokaifyImageEdit Sunset $picture @given }

            $failure.Exception.Message | Should -BeLike '''/dev/null'', which the profile ''studio'' names, cannot be a journal*'
        }
    }
}

Describe 'The report of problems' {
    AfterEach {
        Disconnect-Tokaify
    }

    It 'has the advice of an error, and its request has the module''s user agent' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token'))
        try {
            Connect-Tokaify -ApiKey (ConvertTo-Secret $Key) -BaseUri $relay.BaseUri
            (Get-TokaifyDiagnostic).Test.Message | Should -BeLike '*Check the key given to Connect-Tokaify.*'
            $relay.LastHead | Should -Match 'User-Agent: Tokaify\.PowerShell/.*PowerShell'
        }
        finally {
            $relay.Dispose()
        }
        $null = Disconnect-Tokaify
        (Get-TokaifyDiagnostic).Test.Message | Should -BeLike '*Start-TokaifyEmulator*'
    }
}
