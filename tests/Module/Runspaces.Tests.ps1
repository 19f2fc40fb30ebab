BeforeDiscovery {
    # Windows PowerShell has neither ForEach-Object -Parallel nor Start-ThreadJob.
    $isAlone = $PSVersionTable.PSEdition -ne 'Core'
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Timeout = [timespan]::FromSeconds(20)

    # Returns the last four characters of the key with which a prompt was sent.
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
        It 'applies to its functions, modules and script blocks, also if it was made in one of them' {
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

        It 'does not exist in another one' {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine

            $context = Receive-Background (Invoke-InBackground { Get-TokaifyContext })

            $context.ApiKey | Should -BeNullOrEmpty
            $context.BaseUri | Should -Be 'https://api.tokaify.com/'
        }

        It 'is separate from that of another one that works at the same time' -Skip:$isAlone {
            # Both are connected before either sends.
            $barrier = [System.Threading.Barrier]::new(2)

            $results = 'them', 'mine' | ForEach-Object -Parallel {
                Import-Module $using:BuiltModule
                $key = [System.Net.NetworkCredential]::new('', "sk-of-tenant-$_").SecurePassword
                Connect-Tokaify -BaseUri ($using:relay).BaseUri -ApiKey $key
                $null = ($using:barrier).SignalAndWait($using:Timeout)
                Invoke-TokaifyImageEdit "for $_" $using:picture -Destination "$using:folder/$_"
                (Get-TokaifyContext).ApiKey
            }

            $results.Where({ $_ -is [Tokaify.ImageEditResult] }).Status | Should -Be 'Saved', 'Saved'
            $results.Where({ $_ -is [string] }) | Sort-Object | Should -Be '****mine', '****them'
            Get-KeyOf $relay 'for mine' | Should -Be 'mine'
            Get-KeyOf $relay 'for them' | Should -Be 'them'
        }

        It 'is unchanged when another one <Does>' -ForEach @(
            @{ Does = 'connects'; Act = { param($key) Connect-Tokaify -BaseUri 'https://other.example' -ApiKey $key } }
            @{ Does = 'disconnects'; Act = { param($key) Connect-Tokaify -ApiKey $key; Disconnect-Tokaify } }
            @{ Does = 'starts an emulator'; Act = { Start-TokaifyEmulator } }
            @{ Does = 'stops an emulator'; Act = { Start-TokaifyEmulator; Stop-TokaifyEmulator } }
            @{ Does = 'removes the module'; Act = { Remove-Module Tokaify.PowerShell } }
        ) {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine

            $other = Invoke-InBackground $Act $theirs
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

        It 'does not exist in the next job of a thread' -Skip:$isAlone {
            $found = 1..2 | ForEach-Object {
                Start-ThreadJob -ThrottleLimit 1 {
                    Import-Module $using:BuiltModule
                    "key: $((Get-TokaifyContext).ApiKey)"
                    Connect-Tokaify -ApiKey $using:mine
                }
            } | Receive-Job -Wait -AutoRemoveJob

            $found | Should -Be 'key: ', 'key: '
        }

        It 'gives tab completion the model' {
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
            $key = ConvertTo-Secret 'sk-NobodyMayReadThis-wxyz'
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $key -Proxy 'http://joe:NorThisOne@localhost:9'
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

        It 'survives a script that removes all variables' {
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

        It 'contains the key of the environment' {
            $env:TOKAIFY_API_KEY = 'sk-of-the-environment-envi'
            $context = Get-TokaifyContext
            $env:TOKAIFY_API_KEY = $null

            (Connect-Tokaify -Context $context -PassThru).ApiKey | Should -Be '****envi'
        }

        It 'still works after the giving runspace disconnects' {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine
            $context = Get-TokaifyContext
            Disconnect-Tokaify
            Connect-Tokaify -Context $context

            ($picture | Invoke-TokaifyImageEdit -Prompt 'Sunset').Status | Should -Be 'Saved'
            Get-KeyOf $relay 'Sunset' | Should -Be 'mine'
        }

        It 'is overridden by the other parameters' {
            Connect-Tokaify -BaseUri $relay.BaseUri -ApiKey $mine -Model gemini-3.1-flash-image-preview
            $context = Get-TokaifyContext

            $changed = Connect-Tokaify -Context $context -ApiKey $theirs -Model gemini-9-image -PassThru

            $changed.ApiKey | Should -Be '****them'
            $changed.Model | Should -Be 'gemini-9-image'
            $changed.BaseUri | Should -Be $relay.BaseUri
        }

        It 'is refused if it was serialized, with an error that says what to do; the runspace is unchanged' {
            Connect-Tokaify -ApiKey $mine
            $context = Get-TokaifyContext
            $written = [System.Management.Automation.PSSerializer]::Serialize($context)
            $serialized = [System.Management.Automation.PSSerializer]::Deserialize($written)
            $env:TOKAIFY_API_KEY = 'sk-of-the-environment-envi'

            $failure = Get-TerminatingError { Connect-Tokaify -Context $serialized }

            $failure | Get-ErrorId | Should -Be 'ParameterArgumentTransformationError'
            $failure.Exception.Message | Should -BeLike '*Context*serialized*key*-ApiKey*TOKAIFY_API_KEY*'
            (Get-TokaifyContext).ApiKey | Should -Be '****mine'
        }

        It 'is refused if it is <What>' -ForEach @(
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
        It 'is mentioned if this one has no key' {
            (Get-TerminatingError { $picture | Invoke-TokaifyImageEdit -Prompt 'Sunset' }).Exception.Message |
                Should -Not -BeLike '*runspace*'
            Connect-Tokaify -ApiKey $mine

            $message = Receive-Background (Invoke-InBackground -Arguments $picture {
                    param($picture)
                    try { Invoke-TokaifyImageEdit 'Sunset' $picture } catch { "$_" }
                })

            $message | Should -BeLike 'There is no API key.*runspace*Connect-Tokaify -Context*'
        }

        It 'is not ended during a request by this one''s <_>' -ForEach 'Disconnect-Tokaify', 'Remove-Module Tokaify.PowerShell' {
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
