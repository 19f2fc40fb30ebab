# A key from a vault: Connect-Tokaify -SecretName.

BeforeDiscovery {
    . "$PSScriptRoot/Vault.ps1"
    $lack = @(Find-VaultLack)
    if ($lack) {
        Write-Information -InformationAction Continue "The tests of keys from a vault are left out: $($lack -join ', ')."
    }
    $noVault = [bool] $lack
    . "$PSScriptRoot/Terminal.ps1"
    $noTerminal = $noVault -or -not (Find-TerminalPython)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Vault.ps1"
    . "$PSScriptRoot/Terminal.ps1"
    Clear-Session
    $Key = 'sk-of-the-vault-4711'

    # For scripts of users: returns the error that ends a script block, as text.
    $Attempt = @'
function Get-Failure {
    param([scriptblock] $Script)
    try { $null = & $Script; '' } catch { "$(($_.FullyQualifiedErrorId -split ',')[0]): $($_.Exception.Message)" }
}
'@
}

AfterAll {
    Restore-Session
}

Describe 'Without SecretManagement' {
    It 'says which module to install' {
        $failure = Invoke-User (Initialize-Folder) "
            `$env:PSModulePath = ''
            $Attempt
            @{ Failure = Get-Failure { Connect-Tokaify -SecretName tokaify } } | ConvertTo-Json -Compress" | ConvertFrom-LastLine

        $failure.Failure | Should -Match '^SecretUnavailable: .*Install-(PSResource|Module) Microsoft\.PowerShell\.SecretManagement'
    }

    It 'refuses invalid combinations' {
        Get-TerminatingError { Connect-Tokaify -Vault work } | Get-ErrorId | Should -Be 'InvalidArgument'
        Get-TerminatingError { Connect-Tokaify -SecretName tokaify -ApiKey (ConvertTo-Secret $Key) } | Get-ErrorId |
            Should -Be 'InvalidArgument'
    }
}

Describe 'With a vault that needs no password' -Skip:$noVault {
    BeforeAll {
        $user = Initialize-VaultUser $Key
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        # All output and history of the session is written to files, so that it can be searched for the key.
        $run = Invoke-User $user "
            $Attempt
            $(Register-ScriptVault $user)
            `$found = @{
                UnknownVault = Get-Failure { Connect-Tokaify -SecretName tokaify -Vault home }
                UnknownSecret = Get-Failure { Connect-Tokaify -SecretName nothing -Vault work }
                UnknownAnywhere = Get-Failure { Connect-Tokaify -SecretName nothing }
                WrongKind = Get-Failure { Connect-Tokaify -SecretName account -Vault work }
                NoKey = Get-Failure { Connect-Tokaify -SecretName broken -Vault work }
                Failing = Get-Failure { Connect-Tokaify -SecretName fails -Vault script }
                Asking = Get-Failure { Connect-Tokaify -SecretName asks -Vault script }
                Vaults = (TabExpansion2 'Connect-Tokaify -Vault ').CompletionMatches.CompletionText
                Secrets = (TabExpansion2 'Connect-Tokaify -Vault work -SecretName t').CompletionMatches.CompletionText
                Text = (Connect-Tokaify -SecretName text -PassThru).ApiKey
            }
            Connect-Tokaify -SecretName verbose -Vault script -Verbose
            Connect-Tokaify -SecretName tokaify -Vault work -BaseUri '$($relay.BaseUri)' -PassThru -Verbose -Debug |
                Format-List -Property * -Force
            New-TokaifyImage Fox -Verbose | Out-String
            `$Error | Format-List -Property * -Force
            Get-History | Out-String
            Get-Variable | Out-String
            Get-TokaifyContext | ConvertTo-Json -Depth 5
            `$found | ConvertTo-Json -Compress"
        $found = $run | ConvertFrom-LastLine
    }

    AfterAll {
        $relay.Dispose()
    }

    It 'sends the key of a profile to the address of the profile, and stores it nowhere' {
        $other = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            $environment = @{ TOKAIFY_API_KEY = 'sk-of-the-environment'; TOKAIFY_BASE_URL = $other.BaseUri; TOKAIFY_PROFILE = 'studio' }
            $session = Invoke-User $user -Environment $environment "
                Set-TokaifyProfile studio -BaseUri '$($relay.BaseUri)' -SecretName tokaify -Vault work -PassThru -Verbose |
                    Format-List -Property * -Force
                New-TokaifyImage Fox -Verbose | Out-String
                Get-TokaifyContext | Format-List -Property * -Force
                Connect-Tokaify -Profile studio -PassThru | ConvertTo-Json -Depth 5
                New-TokaifyImage Owl -BaseUri '$($other.BaseUri)'
                Set-TokaifyProfile studio -SecretName nothing
                Disconnect-Tokaify
                New-TokaifyImage Owl
                `$Error | Format-List -Property * -Force | Out-String"

            $session.Output | Should -Match 'Profile +: studio'
            $session.Output | Should -Match "no secret 'nothing'"
            $relay.LastHead | Should -MatchExactly "Authorization: Bearer $Key\r\n"
            $other.Received | Should -Be 0
            $session.Output + $session.Errors | Should -Not -Match "$Key|sk-of-the-environment"
            $files = Get-ChildItem -LiteralPath "$user/.config" -Recurse -Force -File
            $files.Name | Should -Contain 'profiles.json'
            $files | Select-String -Pattern $Key | Should -BeNullOrEmpty
        }
        finally {
            $other.Dispose()
        }
    }

    It 'sends a secret that is named alone to the address of the environment''s profile' {
        $environment = @{ TOKAIFY_API_KEY = 'sk-of-the-environment'; TOKAIFY_BASE_URL = 'http://127.0.0.1:9'; TOKAIFY_PROFILE = 'plain' }
        $session = Invoke-User $user -Environment $environment "
            Set-TokaifyProfile plain -BaseUri '$($relay.BaseUri)'
            Connect-Tokaify -SecretName tokaify -Vault work
            New-TokaifyImage Fox | Select-Object -Property Status, @{ Name = 'Profile'; Expression = { (Get-TokaifyContext).Profile } } |
                ConvertTo-Json -Compress -EnumsAsStrings" | ConvertFrom-LastLine

        $session.Status, $session.Profile | Should -Be 'Saved', 'plain'
        $relay.LastHead | Should -MatchExactly "Authorization: Bearer $Key\r\n"
    }

    It 'reads the key of a profile again after the service has refused it: <Case>' -ForEach @(
        @{ Case = 'of the environment'; Command = 'Get-Failure { New-TokaifyImage Fox -ErrorAction Stop }' }
        @{ Case = 'of the session'; Command = 'Connect-Tokaify -Profile studio; Get-Failure { New-TokaifyImage Fox -ErrorAction Stop }' }
        @{ Case = 'of a test'; Command = '(Test-TokaifyConnection).Message' }
        @{ Case = 'of a test, without the relay''s own code'; Command = '(Test-TokaifyConnection).Message'; Plan = '401 other', 'answer' }
        @{
            Case    = 'of a batch that it ends'
            Command = 'Get-Failure { ''Elk'', ''Fox'', ''Hen'', ''Yak'' | New-TokaifyImage -ThrottleLimit 1 -ErrorAction SilentlyContinue }'
            Plan    = '401 invalid_api_key', '401 invalid_api_key', '401 invalid_api_key', 'answer'
        }
    ) {
        $steps = if ($Plan) { $Plan } else { '401 invalid_token', 'answer' }
        $refusing = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", $steps)
        try {
            $session = Invoke-User $user -Environment @{ TOKAIFY_PROFILE = 'studio' } "
                $Attempt
                Set-TokaifyProfile studio -BaseUri '$($refusing.BaseUri)' -SecretName changing -Vault work
                Set-Secret -Name changing -Vault work -Secret 'sk-old'
                `$message = & { $command }
                Set-Secret -Name changing -Vault work -Secret 'sk-new'
                `$null = New-TokaifyImage Owl
                @{ Message = `$message } | ConvertTo-Json -Compress" |
                ConvertFrom-LastLine

            $session.Message | Should -BeLike (
                '*Check the secret ''changing'' of the profile ''studio''; Connect-Tokaify -Profile studio reads it again.*')
            $refusing.LastHead | Should -MatchExactly 'Authorization: Bearer sk-new\r\n'
        }
        finally {
            $refusing.Dispose()
        }
    }

    It 'keeps the key of a profile after a refusal that may not be about the key: <Case>' -ForEach @(
        @{ Case = 'of a model'; Plan = '403 model access', 'answer'; Advice = 'Choose another -Model' }
        @{ Case = 'of a model, for a whole batch'; Plan = @('403 model access') * 3 + 'answer'; Advice = 'Choose another -Model' }
        @{ Case = 'of one image among others'; Plan = 'answer', '401 invalid_api_key', 'answer'; Advice = 'Check the secret' }
    ) {
        $refusing = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", $Plan)
        try {
            $session = Invoke-User $user "
                $Attempt
                Set-TokaifyProfile studio -BaseUri '$($refusing.BaseUri)' -SecretName changing -Vault work
                Set-Secret -Name changing -Vault work -Secret 'sk-old'
                Connect-Tokaify -Profile studio
                `$ended = Get-Failure { 'Elk', 'Fox', 'Hen', 'Yak' | New-TokaifyImage -ThrottleLimit 1 -ErrorAction SilentlyContinue }
                Set-Secret -Name changing -Vault work -Secret 'sk-new'
                `$null = New-TokaifyImage Owl
                @{ Messages = `"`$ended `$Error`" } | ConvertTo-Json -Compress" |
                ConvertFrom-LastLine

            $session.Messages | Should -BeLike "*The service refused the key*$Advice*"
            if ($Advice -notlike '*secret*') {
                $session.Messages | Should -Not -BeLike '*Check the secret*'
            }
            $refusing.LastHead | Should -MatchExactly 'Authorization: Bearer sk-old\r\n'
        }
        finally {
            $refusing.Dispose()
        }
    }

    It 'uses a refused key again, with a warning, if the vault no longer gives it' {
        $refusing = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('401 invalid_token', 'answer'))
        try {
            $session = Invoke-User $user "
                $Attempt
                Set-TokaifyProfile studio -BaseUri '$($refusing.BaseUri)' -SecretName changing -Vault work
                Set-Secret -Name changing -Vault work -Secret 'sk-old'
                Connect-Tokaify -Profile studio
                `$null = Get-Failure { New-TokaifyImage Fox -ErrorAction Stop }
                Remove-Secret -Name changing -Vault work
                `$first = New-TokaifyImage Owl -WarningVariable warnings -WarningAction SilentlyContinue
                `$second = New-TokaifyImage Yak -WarningVariable more -WarningAction SilentlyContinue
                @{ Status = `"`$(`$first.Status) `$(`$second.Status)`"; Warnings = `"`$warnings`"; More = `"`$more`" } |
                    ConvertTo-Json -Compress" |
                ConvertFrom-LastLine

            $session.Status | Should -Be 'Saved Saved'
            $session.Warnings | Should -BeLike '*no secret ''changing''*The key that was read before is used.'
            $session.More | Should -BeNullOrEmpty
            $refusing.LastHead | Should -MatchExactly 'Authorization: Bearer sk-old\r\n'
        }
        finally {
            $refusing.Dispose()
        }
    }

    It 'sends the key of the vault' {
        $relay.LastHead | Should -MatchExactly "Authorization: Bearer $Key\r\n"
    }

    It 'shows the key nowhere' {
        $run.Output + $run.Errors | Should -Not -Match "$Key|sk-of-the-script-vault"
    }

    It 'accepts a text as well' {
        $found.Text | Should -Be '****4711'
    }

    It 'says which vaults there are, if it is not among them' {
        $found.UnknownVault | Should -Match '^SecretUnavailable: .*no vault ''home''.*work'
    }

    It 'says that there is no such secret' {
        $found.UnknownSecret | Should -Match '^SecretUnavailable: .*no secret ''nothing'' in the vault ''work''.*Get-SecretInfo'
        $found.UnknownAnywhere | Should -Match '^SecretUnavailable: .*no secret ''nothing''\.'
    }

    It 'says what kind of secret it found' {
        $found.WrongKind | Should -Match '^SecretUnavailable: .*''account''.*PSCredential.*-SecureStringSecret'
        $found.NoKey | Should -Match '^SecretUnavailable: .*''broken''.*not a key'
    }

    It 'passes on the vault''s message, without its escape sequences' {
        $found.Failing | Should -Match '^SecretUnavailable: .*''fails'' in the vault ''script''.*The server is away\. Come back later\.'
    }

    It 'completes the names of vaults and of secrets' {
        $found.Vaults | Should -Be @('script', 'work')
        $found.Secrets | Should -Be @('text', 'tokaify')
    }

    It 'does not wait for input if there is no user' {
        $found.Asking | Should -Match '^SecretUnavailable: .*''asks''.*cannot ask for a password'
    }

    It 'runs the example of its page: <Number>' -ForEach @(
        . "$PSScriptRoot/HelpPages.ps1"
        Get-HelpPage Connect-Tokaify | ForEach-Object { Get-PageExample $_ } |
            Where-Object Code -Match 'Connect-Tokaify -(SecretName|Profile)'
    ) {
        . "$PSScriptRoot/HelpPages.ps1"
        $example = Invoke-User $user $Code

        $example.ExitCode | Should -Be 0
        $example.Errors | Should -BeNullOrEmpty
        Get-Shape $example.Output | Should -Be (Get-Shape $Shown)
    }
}

Describe 'With a vault that is locked' -Skip:$noVault {
    BeforeAll {
        $user = Initialize-VaultUser $Key -IsLocked
        $connect = "$Attempt; @{ Failure = Get-Failure { Connect-Tokaify -SecretName tokaify -Vault work } } | ConvertTo-Json -Compress"
        $locked = '^SecretUnavailable: .*''tokaify''.*cannot ask for a password: unlock the vault in it first \(Unlock-SecretStore'
    }

    It 'is an error with -NonInteractive' {
        (Invoke-User $user $connect | ConvertFrom-LastLine).Failure | Should -Match $locked
    }

    It 'is an error if the input is not a terminal' {
        (Invoke-User $user $connect -Switches '-NoProfile' | ConvertFrom-LastLine).Failure | Should -Match $locked
    }

    It 'is an error in a job and in a thread job' {
        $jobs = Invoke-User $user "
            `$work = { Import-Module '$BuiltModule'; $connect }
            @{
                Job = (Start-Job `$work | Receive-Job -Wait -AutoRemoveJob | ConvertFrom-Json).Failure
                ThreadJob = (Start-ThreadJob `$work | Receive-Job -Wait -AutoRemoveJob | ConvertFrom-Json).Failure
            } | ConvertTo-Json -Compress" -Switches '-NoProfile' | ConvertFrom-LastLine

        $jobs.Job | Should -Match $locked
        $jobs.ThreadJob | Should -Match $locked
    }

    It 'is an error for a profile in a scheduled task, and a warning of a dry run' {
        $session = Invoke-User $user -Environment @{ TOKAIFY_PROFILE = 'studio'; TOKAIFY_API_KEY = 'sk-of-the-environment' } "
            $Attempt
            Set-TokaifyProfile studio -BaseUri http://127.0.0.1:9 -SecretName tokaify -Vault work
            New-TokaifyImage Fox -WhatIf -WarningVariable warnings -WarningAction SilentlyContinue
            @{ Failure = Get-Failure { New-TokaifyImage Fox }; Warning = `"`$warnings`" } | ConvertTo-Json -Compress" | ConvertFrom-LastLine

        $session.Failure | Should -Match $locked
        $session.Warning | Should -Match "this would send nothing: .*'tokaify'"
    }

    It 'gives the key once it is unlocked' {
        $session = Invoke-User $user "
            Unlock-SecretStore -Password (ConvertTo-SecureString 'password' -AsPlainText -Force)
            @{ ApiKey = (Connect-Tokaify -SecretName tokaify -PassThru).ApiKey } | ConvertTo-Json -Compress" | ConvertFrom-LastLine

        $session.ApiKey | Should -Be '****4711'
    }

    It 'completes no secret, and does not prompt' {
        $session = Invoke-User $user "
            @{ Names = @((TabExpansion2 'Connect-Tokaify -Vault work -SecretName ').CompletionMatches.CompletionText) } |
                ConvertTo-Json -Compress" -Switches '-NoProfile' | ConvertFrom-LastLine

        $session.Names | Should -Be 'tokaify' -Because 'it is offered if no name is known'
    }

    It 'asks the user at a terminal' -Skip:$noTerminal {
        $shown = Get-TerminalOutput "`$env:HOME = '$user'; 'start'; (Connect-Tokaify -SecretName tokaify -PassThru).ApiKey; 'end'"

        Get-Between $shown | Should -Match '(?s)Vault work requires a password.*\*\*\*\*4711'
    }
}
