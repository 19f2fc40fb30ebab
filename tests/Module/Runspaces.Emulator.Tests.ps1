BeforeDiscovery {
    # Windows PowerShell has no ForEach-Object -Parallel.
    $isAlone = $PSVersionTable.PSEdition -ne 'Core'
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'An emulator' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
    }

    AfterEach {
        Stop-TokaifyEmulator
        Disconnect-Tokaify
    }

    It 'can be started in each of two runspaces' {
        $here = (Start-TokaifyEmulator -PassThru).BaseUri
        $run = Invoke-InBackground { (Start-TokaifyEmulator -PassThru).BaseUri; Stop-TokaifyEmulator }
        $there = Receive-Background $run

        $there | Should -Not -Be $here
        Test-Listening $there | Should -BeFalse
        ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
    }

    It 'serves runspaces that got its context' {
        $run = Invoke-InBackground -Arguments (Start-TokaifyEmulator -PassThru), $picture {
            param($context, $picture)
            Connect-Tokaify -Context $context
            Invoke-TokaifyImageEdit 'Sunset' $picture
            Stop-TokaifyEmulator
        }

        (Receive-Background $run).Status | Should -Be 'Saved'
        Test-Listening (Get-TokaifyContext).BaseUri | Should -BeTrue -Because 'it is not theirs to stop'
    }

    It 'ends with its runspace' {
        $run = Invoke-InBackground { (Start-TokaifyEmulator -PassThru).BaseUri }
        $address = $run.PowerShell.EndInvoke($run.Handle)[0]
        Test-Listening $address | Should -BeTrue

        $run.Runspace.Close()

        Test-Listening $address | Should -BeFalse
    }

    It 'ends with the next command after a reset, and with ForEach-Object -Parallel' -Skip:$isAlone {
        $found = 1..3 | ForEach-Object -ThrottleLimit 1 -Parallel {
            Import-Module $using:BuiltModule
            $isConnected = (Get-TokaifyContext).BaseUri.Host -eq '127.0.0.1'
            $wasLeft = if ($env:TOKAIFY_TEST_ADDRESS) {
                . "$using:PSScriptRoot/Common.ps1"
                Test-Listening $env:TOKAIFY_TEST_ADDRESS
            }
            $address = (Start-TokaifyEmulator -PassThru).BaseUri
            $env:TOKAIFY_TEST_ADDRESS = $address
            [pscustomobject]@{ IsConnected = $isConnected; WasLeft = $wasLeft; Address = $address }
        }
        $env:TOKAIFY_TEST_ADDRESS = $null

        $found | Should -HaveCount 3
        $found | Where-Object IsConnected | Should -BeNullOrEmpty
        $found[1..2].WasLeft | Should -Be $false, $false
        $found | Where-Object { Test-Listening $_.Address } | Should -BeNullOrEmpty
    }
}

Describe 'The warning that requests are billed' {
    BeforeEach {
        $folder = Initialize-Folder
        1..3 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $env:TOKAIFY_API_KEY = 'sk-of-the-environment-envi'
        $env:TOKAIFY_BASE_URL = $relay.BaseUri

        # Returns the warnings of a script in another runspace.
        function Get-Warning {
            param([Parameter(Mandatory)] [scriptblock] $Script, [object[]] $Arguments = @())

            $run = Invoke-InBackground $Script (@($folder) + $Arguments)
            $warnings = $run.PowerShell.Streams.Warning
            $null = Receive-Background $run
            $warnings.Message
        }

        $edit = {
            param($folder, $context)
            if ($context) { Connect-Tokaify -Context $context }
            Get-ChildItem $folder/*.png | Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/output"
        }
    }

    AfterEach {
        $relay.Dispose()
        $env:TOKAIFY_API_KEY = $env:TOKAIFY_BASE_URL = $null
        Stop-TokaifyEmulator
        Disconnect-Tokaify
    }

    It 'is written once by each command that sends with the environment''s key while another runspace has an emulator, with advice' {
        $emulator = Start-TokaifyEmulator -PassThru

        $warnings = @(Get-Warning $edit)

        $relay.Received | Should -Be 3
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "*TOKAIFY_API_KEY*$($relay.BaseUri)*billed*$($emulator.BaseUri)*"
        $warnings[0] | Should -BeLike '*Connect-Tokaify -Context*Start-TokaifyEmulator*'
        $warnings[0] | Should -Not -Match 'sk-of'
    }

    It 'does not show the user name and the password of an address' {
        $null = Start-TokaifyEmulator -PassThru
        $env:TOKAIFY_BASE_URL = "http://joe:Hunter2word@$($relay.BaseUri.Authority)"

        $warnings = @(Get-Warning { try { New-TokaifyImage 'A cat.' } catch { $null = $_ } })

        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "*http://$($relay.BaseUri.Authority)*billed*"
        $warnings[0] | Should -Not -Match 'joe|Hunter2'
        $relay.Received | Should -Be 0
    }

    It 'is written by <_>' -ForEach @(
        'New-TokaifyImage ''A cat.'''
        'try { Get-TokaifyModel -Online } catch { }'
        'Invoke-TokaifyImageEdit ''Sunset'' 1.png -WhatIf'
    ) {
        Start-TokaifyEmulator

        Get-Warning ([scriptblock]::Create("param(`$folder) Set-Location `$folder; $_")) | Should -BeLike '*billed*'
    }

    It 'is written also if another runspace got the emulator''s context' {
        $there = Invoke-InBackground { Start-TokaifyEmulator -PassThru; Connect-Tokaify -BaseUri https://other.example }
        $context = $there.PowerShell.EndInvoke($there.Handle)[0]
        try {
            Get-Warning $edit | Should -BeNullOrEmpty
            Connect-Tokaify -Context $context

            Get-Warning $edit | Should -BeLike "*$($context.BaseUri)*"
        }
        finally {
            $there.Runspace.Dispose()
        }
    }

    It 'is not written if <Case>' -ForEach @(
        @{ Case = 'no emulator runs'; Before = {} }
        @{ Case = 'it has been stopped'; Before = { Start-TokaifyEmulator; Stop-TokaifyEmulator } }
        @{ Case = 'no runspace is connected to it any more'; Before = { Start-TokaifyEmulator; Disconnect-Tokaify } }
    ) {
        . $Before

        Get-Warning $edit | Should -BeNullOrEmpty
        $relay.Received | Should -Be 3
    }

    It 'is not written if the command is connected to the emulator as well' {
        $context = Start-TokaifyEmulator -PassThru

        Get-Warning $edit $context | Should -BeNullOrEmpty
        $relay.Received | Should -Be 0
    }

    It 'is not written if a key is given' {
        Start-TokaifyEmulator

        Get-Warning -Arguments (ConvertTo-Secret 'sk-own') {
            param($folder, $key)
            Get-ChildItem $folder/*.png | Invoke-TokaifyImageEdit 'Sunset' -ApiKey $key
            Connect-Tokaify -ApiKey $key
            Get-ChildItem $folder/1.png | Invoke-TokaifyImageEdit 'Sunset'
        } | Should -BeNullOrEmpty
    }

    It 'is not written in the runspace of the emulator itself' {
        Start-TokaifyEmulator

        $warnings = Get-Item "$folder/1.png" | Invoke-TokaifyImageEdit 'Sunset' 3>&1 |
            Where-Object { $_ -is [System.Management.Automation.WarningRecord] }

        $warnings | Should -BeNullOrEmpty
    }
}

Describe 'The module, removed from one runspace' {
    It 'still resolves its assemblies in another' {
        # In a separate process, because loaded assemblies stay loaded. The retry needs an assembly that is loaded late.
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $output = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
            `$ErrorActionPreference = 'Stop'
            `$ProgressPreference = 'SilentlyContinue'
            Import-Module '$BuiltModule'
            `$other = [powershell]::Create().AddScript('Import-Module ''$BuiltModule''; Remove-Module Tokaify.PowerShell')
            `$null = `$other.Invoke()
            `$other.HadErrors
            Start-TokaifyEmulator -Fault Unavailable -FaultRate 0.5 -FaultSeed 16 6> `$null
            (Invoke-TokaifyImageEdit 'Sunset' '$($picture.FullName)').Attempts"

        $output | Should -Be 'False', '2'
    }
}
