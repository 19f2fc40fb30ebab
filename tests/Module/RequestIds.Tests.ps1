BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'The identification of a request' {
    BeforeEach {
        $folder = Initialize-Folder
        $source = Copy-Picture plain.png -To $folder
        $connection = @{ ApiKey = ConvertTo-Secret 'key' }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'is a unique id, which is in the result' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))

        $result = $source | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection

        $relay.LastHead | Should -Match "(?m)^X-Client-Request-Id: $($result.Requests[0].ClientRequestId)\r$"
        $result.Requests | Should -HaveCount 1
        $json = $result | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json
        $json.Requests[0].ClientRequestId | Should -Be $result.Requests[0].ClientRequestId
        $json.Requests[0].StatusCode | Should -Be 200
    }

    It 'is in the error as well' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('refuse'))

        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection `
            -ErrorAction SilentlyContinue -ErrorVariable failures

        $request = $failures[0].Exception.Requests
        $relay.LastHead | Should -Match "(?m)^X-Client-Request-Id: $($request[0].ClientRequestId)\r$"
        $request[0].ErrorId | Should -Be 'InvalidRequest'
    }

    It 'has the module, PowerShell and the system in the user agent' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/palette.png", @('answer'))
        $version = (Get-Module Tokaify.PowerShell).Version
        $powershell = [regex]::Escape($PSVersionTable.PSVersion)

        $null = $source | Invoke-TokaifyImageEdit 'Sunset' -BaseUri $relay.BaseUri @connection

        $relay.LastHead | Should -Match "(?m)^User-Agent: Tokaify\.PowerShell/$version \(PowerShell $powershell; [^();]+\)\r$"
    }
}
