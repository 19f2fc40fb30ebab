BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Proxy = 'http://joe:password-of-joe@proxy.example:3128'
    $Key = ConvertTo-Secret 'sk-of-nobody-0815'
}

AfterAll {
    Restore-Session
}

Describe 'The key' {
    It 'is not sent over plain http to a proxy on another machine: <Command>' -ForEach @(
        @{ Command = 'Connect-Tokaify'; Act = { Connect-Tokaify @way } }
        @{ Command = 'Get-TokaifyModel'; Act = { Get-TokaifyModel -Online @way } }
        @{ Command = 'New-TokaifyImage'; Act = { New-TokaifyImage 'A cat.' @way } }
        @{ Command = 'Invoke-TokaifyImageEdit'; Act = { Invoke-TokaifyImageEdit 'Sunset' "$Pictures/plain.png" @way } }
    ) {
        $way = @{ BaseUri = 'http://127.0.0.1:8080'; Proxy = $Proxy; ApiKey = $Key }

        $failure = Get-TerminatingError $Act

        $failure | Get-ErrorId | Should -Be 'InsecureConnection'
        $failure.Exception.Message | Should -BeLike '*proxy.example*'
        $failure | Format-List * -Force | Out-String | Should -Not -Match 'password-of-joe'
    }

    It 'is sent if this is allowed' {
        $allowed = @{ AllowUnencryptedAuthentication = $true }

        (Connect-Tokaify -BaseUri 'http://127.0.0.1:8080' -Proxy $Proxy -ApiKey $Key -PassThru @allowed).Proxy.Host |
            Should -Be 'proxy.example'
    }
}

Describe 'The address of a proxy' {
    AfterEach {
        Disconnect-Tokaify
    }

    It 'is shown without its name and password: <Of>' -ForEach @(
        @{ Of = 'Connect-Tokaify -PassThru'; Get = { Connect-Tokaify -ApiKey $Key -Proxy $Proxy -PassThru } }
        @{ Of = 'Get-TokaifyContext'; Get = { Connect-Tokaify -ApiKey $Key -Proxy $Proxy; Get-TokaifyContext } }
        @{ Of = 'a context made by hand'; Get = { [Tokaify.TokaifyContext] @{ Proxy = $Proxy } } }
    ) {
        $context = & $Get

        $context.Proxy | Should -Be 'http://proxy.example:3128/'
        $context.Proxy.OriginalString | Should -Not -Match 'joe'
        "$context $($context | Format-List * -Force | Out-String)" | Should -Not -Match 'joe'
        [System.Management.Automation.PSSerializer]::Serialize($context, 5) | Should -Not -Match 'joe'
    }

    It 'is refused, and not repeated, if it is invalid: <_>' -ForEach 'proxy.example:3128', 'joe:password-of-joe@proxy.example:3128' {
        $address = $_

        $failure = Get-TerminatingError { Connect-Tokaify -ApiKey $Key -Proxy $address }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure | Format-List * -Force | Out-String | Should -Not -Match 'password-of-joe'
    }
}
