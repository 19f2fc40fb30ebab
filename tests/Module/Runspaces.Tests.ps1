BeforeDiscovery {
    # Windows PowerShell has neither ForEach-Object -Parallel nor Start-ThreadJob.
    $isAlone = $PSVersionTable.PSEdition -ne 'Core'
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Patience = [timespan]::FromSeconds(20)

    function Test-Listening {
        param([Parameter(Mandatory)] [uri] $Address)

        $client = [System.Net.Sockets.TcpClient]::new()
        try {
            $client.Connect($Address.Host, $Address.Port)
            $true
        }
        catch {
            $false
        }
        finally {
            $client.Dispose()
        }
    }

    # Whose key stood over a prompt: the last four characters.
    function Get-KeyOf {
        param([Parameter(Mandatory)] $Relay, [Parameter(Mandatory)] [string] $Prompt)

        $Relay.Requests -like "*`"$Prompt`"*" | ForEach-Object { [regex]::Match($_, 'Authorization: Bearer \S*(\S{4})\r').Groups[1].Value }
    }
}

AfterAll {
    Restore-Session
}

Describe 'A connection' {
    BeforeEach {
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $mine = ConvertTo-Secret 'sk-of-this-runspace-mine'
        $theirs = ConvertTo-Secret 'sk-of-another-runspace-them'
    }

    AfterEach {
        Stop-TokaifyEmulator
        Disconnect-Tokaify
        $relay.Dispose()
        $env:TOKAIFY_API_KEY = $env:TOKAIFY_BASE_URL = $null
    }

    Context 'of one runspace' {
        It 'holds in its functions, modules and script blocks, wherever it was made' {
            $module = New-Module { function Connect-ByModule { param($Uri, $Key) Connect-Tokaify -BaseUri $Uri -ApiKey $Key } }
            $module | Import-Module
            try {
                & { Connect-ByModule $relay.BaseUri $mine }
            }
            finally {
                $module | Remove-Module
            }

            $found = & { (Get-TokaifyContext).ApiKey }
            $program = [powershell]::Create('CurrentRunspace').AddScript('(Get-TokaifyContext).ApiKey')
            $nested = $program.Invoke()
            $program.Dispose()

            $found, $nested | Should -Be '****mine', '****mine'
        }

        It 'is not there in another one' {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine

            $context = Receive-Background (Invoke-InBackground { Get-TokaifyContext })

            $context.ApiKey | Should -BeNullOrEmpty
            $context.BaseUri | Should -Be 'https://api.tokaify.com/'
        }

        It 'is kept apart from that of another one which works at the same time' -Skip:$isAlone {
            # Both are connected before either sends.
            $barrier = [System.Threading.Barrier]::new(2)

            $results = 'them', 'mine' | ForEach-Object -Parallel {
                Import-Module $using:BuiltModule
                $key = [System.Net.NetworkCredential]::new('', "sk-of-tenant-$_").SecurePassword
                Connect-Tokaify -BaseUri ($using:relay).BaseUri -ApiKey $key
                $null = ($using:barrier).SignalAndWait($using:Patience)
                Invoke-TokaifyImageEdit "for $_" $using:picture -Destination "$using:folder/$_"
                (Get-TokaifyContext).ApiKey
            }

            $results.Where({ $_ -is [Tokaify.ImageEditResult] }).Status | Should -Be 'Saved', 'Saved'
            $results.Where({ $_ -is [string] }) | Sort-Object | Should -Be '****mine', '****them'
            Get-KeyOf $relay 'for mine' | Should -Be 'mine'
            Get-KeyOf $relay 'for them' | Should -Be 'them'
        }

        It 'stays where it is when another one <Does>' -ForEach @(
            @{ Does = 'connects'; Act = { param($uri, $key) Connect-Tokaify -BaseUri 'https://other.example' -ApiKey $key } }
            @{ Does = 'disconnects'; Act = { param($uri, $key) Connect-Tokaify -BaseUri $uri -ApiKey $key; Disconnect-Tokaify } }
            @{ Does = 'starts an emulator'; Act = { Start-TokaifyEmulator } }
            @{ Does = 'stops an emulator'; Act = { Start-TokaifyEmulator; Stop-TokaifyEmulator } }
            @{ Does = 'removes the module'; Act = { Remove-Module Tokaify.PowerShell } }
        ) {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine

            $other = Invoke-InBackground $Act $relay.BaseUri, $theirs
            $null = Receive-Background $other
            $result = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'

            $other.PowerShell.HadErrors | Should -BeFalse
            $result.Status | Should -Be 'Saved'
            Get-KeyOf $relay 'Sunset' | Should -Be 'mine'
        }

        It 'ends with the reset that ForEach-Object -Parallel gives a runspace before it is used again' -Skip:$isAlone {
            $found = 1..3 | ForEach-Object -ThrottleLimit 1 -Parallel {
                Import-Module $using:BuiltModule
                [pscustomobject]@{ Runspace = [runspace]::DefaultRunspace.Id; Key = (Get-TokaifyContext).ApiKey }
                Connect-Tokaify -ApiKey $using:mine
            }

            $found.Runspace | Select-Object -Unique | Should -HaveCount 1
            $found | Where-Object Key | Should -BeNullOrEmpty
        }

        It 'is not there in the next job of a thread' -Skip:$isAlone {
            $found = 1..2 | ForEach-Object {
                Start-ThreadJob -ThrottleLimit 1 {
                    Import-Module $using:BuiltModule
                    "key: $((Get-TokaifyContext).ApiKey)"
                    Connect-Tokaify -ApiKey $using:mine
                }
            } | Receive-Job -Wait -AutoRemoveJob

            $found | Should -Be 'key: ', 'key: '
        }

        It 'is where tab completion takes the model from' {
            Connect-Tokaify -ApiKey $mine -Model gemini-3.1-flash-image-preview
            $line = 'Invoke-TokaifyImageEdit x -AspectRatio 8'

            $here = (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
            $elsewhere = Receive-Background (Invoke-InBackground {
                    param($line)
                    (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
                } $line)

            $here | Should -Contain '8:1'
            $elsewhere | Should -Not -Contain '8:1'
        }
    }

    Context 'in the variables of its runspace' {
        BeforeEach {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret 'sk-NobodyMayReadThis-wxyz') -Proxy 'http://joe:NorThisOne@localhost:9'
        }

        It 'shows neither key nor password as <As>' -ForEach @(
            @{ As = 'a list of everything'; Show = { param($Objects) $Objects | Format-List * -Force | Out-String -Width 1000 } }
            @{ As = 'values, to the depth'; Show = { param($Objects) $Objects.Value | Format-Custom * -Depth 4 | Out-String -Width 1000 } }
            @{ As = 'JSON'; Show = { param($Objects) ConvertTo-Json $Objects -Depth 4 -WarningAction SilentlyContinue } }
            @{ As = 'CLIXML'; Show = { param($Objects) [System.Management.Automation.PSSerializer]::Serialize($Objects, 4) } }
        ) {
            $own = @(Get-Variable -Scope Global | Where-Object { "$($_.Name) $($_.Value)" -like '*Tokaify*' })

            $own | Should -Not -BeNullOrEmpty
            & $Show $own | Should -Not -Match 'NobodyMayReadThis|NorThisOne'
        }

        It 'outlives a script that clears all variables away' {
            $run = Invoke-InBackground -Arguments $mine {
                param($key)
                Connect-Tokaify -ApiKey $key
                Clear-Variable * -Force -Scope Global -ErrorAction Ignore
                Remove-Variable * -Force -Scope Global -ErrorAction Ignore
                Get-Variable | Remove-Variable -Force -ErrorAction Ignore
                (Get-TokaifyContext).ApiKey
            }

            Receive-Background $run | Should -Be '****mine'
        }
    }

    Context 'passed on with -Context' {
        It 'serves the runspaces of ForEach-Object -Parallel, one after the other and at once' -Skip:$isAlone {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine -Model gemini-3.1-flash-image-preview
            $context = Get-TokaifyContext

            $results = 1..4 | ForEach-Object -ThrottleLimit 2 -Parallel {
                Import-Module $using:BuiltModule
                Connect-Tokaify -Context $using:context
                Invoke-TokaifyImageEdit "number $_" $using:picture -Destination $using:folder
            }

            $results.Status | Should -Be @('Saved', 'Saved', 'Saved', 'Saved')
            $results.Model | Select-Object -Unique | Should -Be 'gemini-3.1-flash-image-preview'
            1..4 | ForEach-Object { Get-KeyOf $relay "number $_" } | Should -Be @('mine', 'mine', 'mine', 'mine')
        }

        It 'serves Start-ThreadJob' -Skip:$isAlone {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine
            $context = Get-TokaifyContext

            $result = Start-ThreadJob {
                Import-Module $using:BuiltModule
                Connect-Tokaify -Context $using:context
                Invoke-TokaifyImageEdit 'Sunset' $using:picture -Destination $using:folder
            } | Receive-Job -Wait -AutoRemoveJob

            $result.Status | Should -Be 'Saved'
            Get-KeyOf $relay 'Sunset' | Should -Be 'mine'
        }

        It 'carries the key that came from the environment' {
            $env:TOKAIFY_API_KEY = 'sk-of-the-environment-envi'
            $context = Get-TokaifyContext
            $env:TOKAIFY_API_KEY = $null

            (Connect-Tokaify -Context $context -PassThru).ApiKey | Should -Be '****envi'
        }

        It 'stays with who took it when who gave it disconnects' {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine
            $context = Get-TokaifyContext
            Disconnect-Tokaify
            Connect-Tokaify -Context $context

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
            Get-KeyOf $relay 'Sunset' | Should -Be 'mine'
        }

        It 'gives way to the other parameters' {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine -Model gemini-3.1-flash-image-preview
            $context = Get-TokaifyContext

            $changed = Connect-Tokaify -Context $context -ApiKey $theirs -Model gemini-9-image -PassThru

            $changed.ApiKey | Should -Be '****them'
            $changed.Model | Should -Be 'gemini-9-image'
            $changed.BaseUri | Should -Be $relay.BaseUri
        }

        It 'is refused where it was serialized on the way, and says what to do; the runspace stays as it was' {
            Connect-Tokaify -ApiKey $mine
            $context = Get-TokaifyContext
            $serialized = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($context))
            $env:TOKAIFY_API_KEY = 'sk-of-the-environment-envi'

            $failure = Get-TerminatingError { Connect-Tokaify -Context $serialized }

            $failure | Get-ErrorId | Should -Be 'ParameterArgumentTransformationError'
            $failure.Exception.Message | Should -BeLike '*Context*serialized*key*-ApiKey*TOKAIFY_API_KEY*'
            (Get-TokaifyContext).ApiKey | Should -Be '****mine'
        }

        It 'is refused where it is <What>' -ForEach @(
            @{ What = 'a table'; Value = @{ BaseUri = 'https://relay.example' } }
            @{ What = 'an object made up'; Value = [pscustomobject]@{ BaseUri = 'https://relay.example' } }
            @{ What = 'an address'; Value = 'https://relay.example' }
        ) {
            $value = $Value

            $failure = Get-TerminatingError { Connect-Tokaify -Context $value -ApiKey $mine }

            $failure.Exception.Message | Should -BeLike '*Get-TokaifyContext*'
        }
    }

    Context 'that another runspace has' {
        It 'is spoken of where this one has no key' {
            (Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' }).Exception.Message |
                Should -Not -BeLike '*runspace*'
            Connect-Tokaify -ApiKey $mine

            $message = Receive-Background (Invoke-InBackground -Arguments $picture {
                    param($picture)
                    try { Invoke-TokaifyImageEdit 'Sunset' $picture } catch { "$_" }
                })

            $message | Should -BeLike 'There is no API key.*runspace*Connect-Tokaify -Context*'
        }

        It 'is not ended in the middle of a request by this one''s <_>' -ForEach 'Disconnect-Tokaify', 'Remove-Module Tokaify.PowerShell' {
            $holding = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer', 'hold'))
            try {
                Connect-Tokaify -BaseUri $holding.BaseUri -ApiKey $mine
                $null = $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset'
                $run = Invoke-InBackground -Arguments $picture, "$folder/other", (Get-TokaifyContext) {
                    param($picture, $destination, $context)
                    Connect-Tokaify -Context $context
                    Invoke-TokaifyImageEdit 'Sunrise' $picture -Destination $destination -MaximumRetryCount 0
                }
                $holding.WaitForHeld(1, 20) | Should -BeTrue

                & ([scriptblock]::Create($_))
                $holding.Release()

                (Receive-Background $run).Status | Should -Be 'Saved'
                $holding.Received | Should -Be 2
            }
            finally {
                $holding.Dispose()
                Import-Module $BuiltModule
            }
        }
    }
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

    It 'serves those that its context was passed on to' {
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
                $client = [System.Net.Sockets.TcpClient]::new()
                try { $client.Connect('127.0.0.1', ([uri] $env:TOKAIFY_TEST_ADDRESS).Port); $true } catch { $false } finally { $client.Dispose() }
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

Describe 'The warning that this is no rehearsal' {
    BeforeEach {
        $folder = Initialize-Folder
        1..3 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        $env:TOKAIFY_API_KEY = 'sk-of-the-environment-envi'
        $env:TOKAIFY_BASE_URL = $relay.BaseUri

        # What a script of another runspace warns of.
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

    It 'comes once with each command that sends with the environment''s key while another runspace has an emulator, and says what to do' {
        $emulator = Start-TokaifyEmulator -PassThru

        $warnings = @(Get-Warning $edit)

        $relay.Received | Should -Be 3
        $warnings | Should -HaveCount 1
        $warnings[0] | Should -BeLike "*TOKAIFY_API_KEY*$($relay.BaseUri)*billed*$($emulator.BaseUri)*Connect-Tokaify -Context*Start-TokaifyEmulator*"
        $warnings[0] | Should -Not -Match 'sk-of'
    }

    It 'comes with <_>' -ForEach @(
        'New-TokaifyImage ''A cat.'''
        'try { Get-TokaifyModel -Online } catch { }'
        'Invoke-TokaifyImageEdit ''Sunset'' 1.png -WhatIf'
    ) {
        Start-TokaifyEmulator

        Get-Warning ([scriptblock]::Create("param(`$folder) Set-Location `$folder; $_")) | Should -BeLike '*billed*'
    }

    It 'comes where another runspace was given the emulator, too' {
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

    It 'does not come where <Case>' -ForEach @(
        @{ Case = 'no emulator runs'; Before = {} }
        @{ Case = 'it has been stopped'; Before = { Start-TokaifyEmulator; Stop-TokaifyEmulator } }
        @{ Case = 'nobody is connected to it any more'; Before = { Start-TokaifyEmulator; Disconnect-Tokaify } }
    ) {
        . $Before

        Get-Warning $edit | Should -BeNullOrEmpty
        $relay.Received | Should -Be 3
    }

    It 'does not come where the command is connected to the emulator as well' {
        $context = Start-TokaifyEmulator -PassThru

        Get-Warning $edit $context | Should -BeNullOrEmpty
        $relay.Received | Should -Be 0
    }

    It 'does not come where the key was given on purpose' {
        Start-TokaifyEmulator

        Get-Warning -Arguments (ConvertTo-Secret 'sk-own') {
            param($folder, $key)
            Get-ChildItem $folder/*.png | Invoke-TokaifyImageEdit 'Sunset' -ApiKey $key
            Connect-Tokaify -ApiKey $key
            Get-ChildItem $folder/1.png | Invoke-TokaifyImageEdit 'Sunset'
        } | Should -BeNullOrEmpty
    }

    It 'does not come in the runspace of the emulator itself' {
        Start-TokaifyEmulator

        $warnings = Get-Item "$folder/1.png" | Invoke-TokaifyImageEdit 'Sunset' 3>&1 |
            Where-Object { $_ -is [System.Management.Automation.WarningRecord] }

        $warnings | Should -BeNullOrEmpty
    }
}

Describe 'The module, removed from one runspace' {
    It 'goes on finding its parts in another' {
        # In a process of its own: what is loaded stays loaded. The retry is what needs a part that is loaded late.
        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $output = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
            `$ErrorActionPreference = 'Stop'
            `$ProgressPreference = 'SilentlyContinue'
            Import-Module '$BuiltModule'
            `$other = [powershell]::Create().AddScript('Import-Module ''$BuiltModule''; Remove-Module Tokaify.PowerShell')
            `$null = `$other.Invoke()
            `$other.HadErrors
            Start-TokaifyEmulator -Fault Unavailable -FaultRate 0.5 -FaultSeed 16
            (Invoke-TokaifyImageEdit 'Sunset' '$($picture.FullName)').Attempts"

        $output | Should -Be 'False', '2'
    }
}
