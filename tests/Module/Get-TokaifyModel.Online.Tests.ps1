BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'Get-TokaifyModel -Online' {
    Context 'against the emulator' {
        BeforeAll {
            Start-TokaifyEmulator
        }

        AfterAll {
            Stop-TokaifyEmulator
        }

        It 'marks the catalogue''s models as available' {
            $models = Get-TokaifyModel -Online | Where-Object MaxInputImages

            $models.Name | Should -Be (Get-TokaifyModel).Name
            $models.Available | Select-Object -Unique | Should -BeTrue
        }

        It 'lists models that are not in the catalogue by name only' {
            $model = Get-TokaifyModel gemini-2.5-pro -Online

            $model.Name | Should -Be 'gemini-2.5-pro'
            $model.Available | Should -BeTrue
            $model.AspectRatios | Should -BeNullOrEmpty
            $model.MaxInputImages | Should -Be 0
            $model.IsDefault | Should -BeFalse
        }

        It 'takes wildcards' {
            (Get-TokaifyModel '*pro', '*banana*' -Online).Name | Should -Be 'gemini-2.5-pro', 'gemini-nano-banana-2.1'
        }

        It 'is an error if neither has a name' {
            Get-TokaifyModel gemini-9 -Online -ErrorAction SilentlyContinue -ErrorVariable failures | Should -BeNullOrEmpty
            $failures | Get-ErrorId | Should -Be 'ModelNotFound'
        }

        It 'shows in the table which are available' {
            (Get-TokaifyModel gemini-3-pro-image -Online | Out-String -Width 150) | Should -MatchExactly 'pro-image +online '
            (Get-TokaifyModel gemini-2.5-flash-image -Online | Out-String -Width 150) | Should -MatchExactly 'flash-image +default '
        }
    }

    It 'needs a key' {
        Get-TerminatingError { Get-TokaifyModel -Online } | Get-ErrorId | Should -Be 'ApiKeyMissing'
    }

    It 'reports errors of the service like an edit' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('refuse'))
        try {
            $failure = Get-TerminatingError { Get-TokaifyModel -Online -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret 'key') }

            $failure | Get-ErrorId | Should -Be 'InvalidRequest'
            $failure.Exception.Message | Should -BeLike '*This one is refused*'
            $relay.LastHead | Should -BeLike 'GET /v1beta/models *'
        }
        finally {
            $relay.Dispose()
        }
    }

    It 'ends at once when it is stopped while it waits' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('hold'))
        try {
            $run = Invoke-InBackground -Arguments $relay.BaseUri, (ConvertTo-Secret 'key') -Script {
                param($BaseUri, $Key)
                Get-TokaifyModel -Online -BaseUri $BaseUri -ApiKey $Key
            }
            $relay.WaitForHeld(1, 20) | Should -BeTrue

            Exit-Background $run

            $relay.WaitForHangUps(1) | Should -BeTrue
        }
        finally {
            $run.PowerShell.Dispose()
            $relay.Dispose()
        }
    }
}
