BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    . "$PSScriptRoot/JournalKinds.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Get-TokaifyDiagnostic' {
    BeforeEach {
        $before = @{}
        foreach ($name in 'TOKAIFY_BASE_URL', 'TOKAIFY_MADE_UP', 'TOKAIFY_JOURNAL_PATH', 'TOKAIFY_MODEL_CATALOG', 'HTTPS_PROXY') {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
        }
        $global:Error.Clear()
    }

    AfterEach {
        Stop-TokaifyEmulator
        Disconnect-Tokaify
        foreach ($name in $before.Keys) {
            [Environment]::SetEnvironmentVariable($name, $before[$name])
        }
        $global:Error.Clear()
    }

    It 'reports versions, platform and connection, and that the relay can be used' {
        Start-TokaifyEmulator -InformationAction Ignore
        $found = Get-TokaifyDiagnostic

        $found.Module.Version | Should -Be (Get-Module Tokaify.PowerShell).Version.ToString()
        $found.Platform.PowerShell | Should -Be $PSVersionTable.PSVersion.ToString()
        $found.Platform.Edition | Should -Be $PSVersionTable.PSEdition
        $found.Platform.LanguageMode | Should -Be 'FullLanguage'
        $found.Platform.System | Should -Be ([System.Runtime.InteropServices.RuntimeInformation]::OSDescription)
        $found.Platform.Architecture | Should -Not -BeNullOrEmpty
        $found.Platform.Runtime | Should -Match '^\.NET'
        $found.Connection.BaseUri | Should -Match '^http://127\.0\.0\.1:\d+/$'
        $found.Connection.BaseUriSource | Should -Be 'Start-TokaifyEmulator'
        $found.Connection.KeySource | Should -Be 'Start-TokaifyEmulator'
        $found.Test.Succeeded | Should -BeTrue
        $found.Test.AvailableModels | Should -Be @(Get-TokaifyModel).Count
        $found.Catalog.ModelCount | Should -Be @(Get-TokaifyModel).Count
        $found.Catalog.Default | Should -Be 'gemini-2.5-flash-image'
        $found.Assemblies.Name | Should -Contain 'Tokaify.Client'
        $found.Assemblies.Name | Should -Contain 'System.Text.Json'
        ($found.Assemblies | Where-Object Name -EQ 'Tokaify.Client').Version | Should -Not -BeNullOrEmpty
        $found.Errors | Should -BeNullOrEmpty
        $found.Problems | Should -BeNullOrEmpty
    }

    It 'is complete as JSON of five levels, with only texts, numbers and booleans' {
        Start-TokaifyEmulator -InformationAction Ignore
        $null = Invoke-TokaifyImageEdit 'Sunset' nowhere.png -ErrorAction SilentlyContinue
        $found = Get-TokaifyDiagnostic
        $json = $found | ConvertTo-Json -Depth 5 -WarningVariable truncated

        $truncated | Should -BeNullOrEmpty
        $back = $json | ConvertFrom-Json
        $back.Test.Succeeded | Should -BeTrue
        $back.Errors[0].ErrorId | Should -Be 'FileNotFound'
        $back.Errors[0].Category | Should -Be 'ObjectNotFound'
        $back.Errors[0].Command | Should -Be 'Invoke-TokaifyImageEdit'
        $back.Errors[0].Message | Should -BeLike '*nowhere.png*'
        $back.Platform.Edition | Should -Be $PSVersionTable.PSEdition
        $back.Assemblies.Count | Should -Be $found.Assemblies.Count
    }

    It 'says why the relay cannot be used, and sends nothing with -SkipConnectionTest' {
        $env:TOKAIFY_BASE_URL = 'http://127.0.0.1:9'
        Connect-Tokaify -ApiKey (ConvertTo-Secret $SecretKey)
        $found = Get-TokaifyDiagnostic
        $found.Test.Succeeded | Should -BeFalse
        $found.Test.ErrorId | Should -Be 'ConnectionFailed'
        $found.Connection.BaseUriSource | Should -Be 'TOKAIFY_BASE_URL'
        $found.Connection.KeySource | Should -Be 'Connect-Tokaify'

        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        try {
            $env:TOKAIFY_BASE_URL = $relay.BaseUri
            (Get-TokaifyDiagnostic -SkipConnectionTest).Test | Should -BeNullOrEmpty
            $relay.Received | Should -Be 0
        }
        finally {
            $relay.Dispose()
        }
    }

    It 'sends nothing without a key, and says so' {
        $found = Get-TokaifyDiagnostic
        $found.Connection.KeySource | Should -BeNullOrEmpty
        $found.Test.ErrorId | Should -Be 'ApiKeyMissing'
    }

    It 'reads all other parts if one cannot be read' {
        $env:TOKAIFY_MODEL_CATALOG = Join-Path $TestDrive 'nowhere.json'
        $env:TOKAIFY_JOURNAL_PATH = 'relative.jsonl'
        $found = Get-TokaifyDiagnostic -SkipConnectionTest
        $found.Problems.Name | Should -Contain 'Catalog'
        $found.Problems.Name | Should -Contain 'DefaultJournal'
        ($found.Problems | Where-Object Name -EQ 'Catalog').Value | Should -BeLike '*nowhere.json*'
        $found.Catalog | Should -BeNullOrEmpty
        $found.Module.Version | Should -Not -BeNullOrEmpty
    }

    It 'names the variables of the module, and shows a value only if it is known not to be a secret' {
        $env:TOKAIFY_MADE_UP = 'hush-hush-hush'
        $env:TOKAIFY_JOURNAL_PATH = Join-Path $TestDrive 'edits.jsonl'
        $env:HTTPS_PROXY = 'http://joe:pass-word-1@proxy.example:3128'
        $found = Get-TokaifyDiagnostic -SkipConnectionTest
        ($found.Environment | Where-Object Name -EQ 'TOKAIFY_MADE_UP').Value | Should -Be '(set, not shown)'
        ($found.Environment | Where-Object Name -EQ 'HTTPS_PROXY').Value | Should -Be 'http://proxy.example:3128'
        $found.DefaultJournal.Value | Should -BeLike '*edits.jsonl'
        $text = $found | ConvertTo-Json -Depth 5
        $text | Should -Not -Match 'hush'
        $text | Should -Not -Match 'joe|pass-word'
    }

    It 'names the proxy in use, without its user name and password' {
        Connect-Tokaify -ApiKey (ConvertTo-Secret $SecretKey) -Proxy http://joe:pass-word-1@127.0.0.1:9
        $found = Get-TokaifyDiagnostic
        $found.Connection.Proxy | Should -Be 'http://127.0.0.1:9/'
        $found.Connection.ProxySource | Should -Be 'Connect-Tokaify'
        $found.Connection.HasProxyCredential | Should -BeTrue
        $found | ConvertTo-Json -Depth 5 | Should -Not -Match 'joe|pass-word'
    }

    It 'shows the home folder as ~, and the user''s name in no path' {
        $userHome = [Environment]::GetFolderPath('UserProfile')
        $env:TOKAIFY_JOURNAL_PATH = Join-Path $userHome 'edits.jsonl'
        (Get-TokaifyDiagnostic -SkipConnectionTest).DefaultJournal.Value | Should -Be (Join-Path '~' 'edits.jsonl')
    }

    It 'has neither the key nor a prompt after runs of many kinds, but has the errors' {
        $folder = Initialize-Folder
        $null = Initialize-JournalKind $folder
        $null = 'Zebra lanterns over Windermere' | New-TokaifyImage -ApiKey (ConvertTo-Secret $SecretKey) -BaseUri http://127.0.0.1:9 `
            -MaximumRetryCount 0 -MaximumWaitSec 0 -ErrorAction SilentlyContinue
        Connect-Tokaify -ApiKey (ConvertTo-Secret $SecretKey) -BaseUri http://127.0.0.1:9
        # Earlier errors in $Error as well.
        $texts = foreach ($step in 1..6) {
            $found = Get-TokaifyDiagnostic -SkipConnectionTest
            $found.Errors.Count | Should -BeGreaterThan 3
            $found.Errors.Message | Where-Object { -not $_ } | Should -BeNullOrEmpty
            $found | ConvertTo-Json -Depth 5
            $found | Format-List | Out-String -Width 300
            $global:Error.RemoveRange(0, [Math]::Min(8, $global:Error.Count - 10))
        }
        "$texts" | Should -Match 'InvalidRequest|ContentBlocked|FileNotFound'
        foreach ($secret in $SecretKey, 'Zephyr', 'Zebra lanterns', 'lanterns over', 'Windermere', 'Ullswater') {
            "$texts" | Should -Not -Match $secret
        }
    }

    It 'repeats no argument that a command has refused: a key, a prompt or a password' {
        $key = ConvertTo-Secret $SecretKey
        $calls = @(
            { Connect-Tokaify 'Zq8WnR4tLm2XvB7yKd5PfH9c' }
            { Connect-Tokaify -Zq8WnR4tLm2XvB7yKd5PfH9c }
            { Connect-Tokaify -ApiKey 'Zq8WnR4tLm2XvB7yKd5PfH9c' }
            { Invoke-TokaifyImageEdit Make the Nightingale prototype blue cat.png }
            { Connect-Tokaify -BaseUri htps://joe:Hunter2word@relay.example -ApiKey $key }
            { Connect-Tokaify -BaseUri joe:Hunter2word@relay.example -ApiKey $key }
            { Connect-Tokaify -Proxy 'http://joe:Hunter2 pass@proxy:80x' }
            { try { New-TokaifyImage 'Nightingale prototype' -AspectRatio 99:1 -ApiKey $key } catch { throw $_.Exception } }
        )
        foreach ($call in $calls) {
            $call | Should -Throw
        }
        $env:TOKAIFY_BASE_URL = 'https://joe:Hunter2word@relay.example:80x'
        $found = Get-TokaifyDiagnostic -SkipConnectionTest

        $found.Errors.Count | Should -BeGreaterOrEqual 7
        ($found.Errors | Where-Object ErrorId -EQ 'CannotConvertArgumentNoMessage').Message | Should -BeLike 'Parameter Proxy.*'
        ($found.Errors | Where-Object ErrorId -EQ 'ParameterArgumentTransformationError').Message | Should -BeLike 'Parameter ApiKey.*'
        $found.Errors.Exception | Should -Contain 'System.Management.Automation.ParameterBindingException'
        $problem = ($found.Problems | Where-Object Name -EQ 'Connection').Value
        $problem | Should -BeLike '*TOKAIFY_BASE_URL is not an address: ''https://relay.example:80x''*'
        foreach ($text in ($found | ConvertTo-Json -Depth 5), ($found | Out-String -Width 300)) {
            $text | Should -Not -Match 'Zq8W|Hunter2|joe|Nightingale|prototype'
        }
    }

    It 'is readable as a list' {
        Start-TokaifyEmulator -InformationAction Ignore
        $shown = Get-TokaifyDiagnostic | Out-String -Width 160
        $shown | Should -Match '(?m)^Module +: \d+\.\d+\.\d+ in '
        $shown | Should -Match '(?m)^Test +: succeeded in '
        $shown | Should -Match '(?m)^Key +: from Start-TokaifyEmulator'
        $shown | Should -Not -Match 'Problems'
    }
}
