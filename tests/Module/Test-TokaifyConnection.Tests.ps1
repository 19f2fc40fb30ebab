BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Key = ConvertTo-Secret 'the-key-of-somebody-abcd'
}

AfterAll {
    Restore-Session
}

Describe 'Test-TokaifyConnection' {
    AfterEach {
        $env:TOKAIFY_BASE_URL = $null
        $env:TOKAIFY_MODEL_CATALOG = $null
        Stop-TokaifyEmulator
    }

    It 'reports that the relay is reachable, accepts the key and has the models' {
        Start-TokaifyEmulator
        $test = Test-TokaifyConnection

        $test | Should -BeOfType [Tokaify.ConnectionTest]
        $test.Succeeded, $test.IsReachable, $test.IsKeyAccepted | Should -Be $true, $true, $true
        $test.BaseUri | Should -Be (Get-TokaifyContext).BaseUri
        $test.AvailableModels | Should -Be (Get-TokaifyModel).Name
        $test.MissingModels | Should -BeNullOrEmpty
        $test.Duration | Should -BeGreaterThan ([timespan]::Zero)
        (Get-Command Test-TokaifyConnection).OutputType.Name | Should -Be 'Tokaify.ConnectionTest', 'System.Boolean'
    }

    It 'checks the models of the user''s own catalogue as well' {
        Start-TokaifyEmulator
        Write-Catalog '{"models":[{"name":"mine-image"}]}'
        (Test-TokaifyConnection).AvailableModels | Should -Contain 'mine-image'
    }

    It 'returns only true or false with -Quiet' {
        Start-TokaifyEmulator
        Test-TokaifyConnection -Quiet | Should -BeExactly $true
        Stop-TokaifyEmulator
        Test-TokaifyConnection -Quiet -ErrorVariable failures | Should -BeExactly $false
        $failures | Should -BeNullOrEmpty
    }

    It 'returns a failure as a result, not as an error: <Case>' -ForEach @(
        @{ Case = 'no key'; Id = 'ApiKeyMissing'; Parameters = @{} }
        @{ Case = 'no address'; Id = 'InvalidArgument'; Parameters = @{ BaseUri = 'relay' } }
        @{ Case = 'unencrypted'; Id = 'InsecureConnection'; Parameters = @{ BaseUri = 'http://relay.invalid' } }
        @{ Case = 'no server'; Id = 'ConnectionFailed'; Parameters = @{ BaseUri = 'http://127.0.0.1:9' } }
    ) {
        if ($Id -ne 'ApiKeyMissing') {
            $Parameters['ApiKey'] = $Key
        }
        $test = Test-TokaifyConnection @Parameters -ErrorVariable failures

        $failures | Should -BeNullOrEmpty
        $test.Succeeded, $test.IsReachable | Should -Be $false, $false
        $test.ErrorId | Should -Be $Id
        $test.Message | Should -Not -BeNullOrEmpty
    }

    It 'returns a result for an invalid environment as well' {
        $env:TOKAIFY_BASE_URL = 'nowhere'
        (Test-TokaifyConnection -ApiKey $Key).ErrorId | Should -Be 'InvalidArgument'
        $env:TOKAIFY_BASE_URL = $null
        $env:TOKAIFY_MODEL_CATALOG = 'models.json'
        (Test-TokaifyConnection -ApiKey $Key).ErrorId | Should -Be 'InvalidArgument'
    }

    It 'reports the service''s refusal once, without the key' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('refuse'))
        try {
            $test = Test-TokaifyConnection -BaseUri $relay.BaseUri -ApiKey $Key

            $test.ErrorId, $test.StatusCode, $test.IsReachable | Should -Be 'InvalidRequest', 400, $true
            $test.Message | Should -BeLike '*This one is refused*'
            $test.ApiKey | Should -Be '****abcd'
            ($test | Format-List * | Out-String) | Should -Not -Match 'somebody'
            $relay.Received | Should -Be 1
        }
        finally {
            $relay.Dispose()
        }
    }

    It 'does not wait longer than -TimeoutSec' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('hold'))
        try {
            (Test-TokaifyConnection -BaseUri $relay.BaseUri -ApiKey $Key -TimeoutSec 1).ErrorId | Should -Be 'Timeout'
        }
        finally {
            $relay.Dispose()
        }
    }

    It 'ends at once when it is stopped' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Samples/cat.png", @('hold'))
        try {
            $run = Invoke-InBackground -Arguments $relay.BaseUri, $Key -Script {
                param($BaseUri, $Key)
                Test-TokaifyConnection -BaseUri $BaseUri -ApiKey $Key -TimeoutSec 0
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

    # Windows PowerShell keeps the last column of a line free.
    It 'is a table of 80 columns, and a list' -Skip:($PSEdition -ne 'Core') {
        $good = [Tokaify.ConnectionTest] @{
            BaseUri         = 'https://api.tokaify.com'
            IsReachable     = $true
            IsKeyAccepted   = $true
            AvailableModels = [string[]] ('a-image', 'b-image')
            MissingModels   = [string[]] 'c-image'
            Duration        = [timespan]::FromSeconds(0.42)
        }
        $bad = [Tokaify.ConnectionTest] @{
            BaseUri = 'https://relay.example'; Proxy = 'http://proxy:8080'; ErrorId = 'ConnectionFailed'; Message = 'It failed.'
        }
        $lines = ($good, $bad | Out-String -Width 80) -split '\r?\n' | ForEach-Object TrimEnd | Where-Object { $_ }

        $lines[0] | Should -BeExactly 'Reachable Key      Models   Seconds Error              Relay'
        $lines[2] | Should -BeExactly 'yes       accepted 2 of 3       0.4                    https://api.tokaify.com/'
        $lines[3] | Should -BeExactly 'no                              0.0 ConnectionFailed   https://relay.example/'
        $lines[4] | Should -BeExactly '                                                       via http://proxy:8080/'
        $list = $bad | Format-List | Out-String
        $list | Should -Match 'Succeeded +: False'
        $list | Should -Match 'Message +: It failed\.'
        ($good | Format-List | Out-String) | Should -Not -Match 'Message|ErrorId'
    }
}
