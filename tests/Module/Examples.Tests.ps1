# Each example runs in a separate process, as for a user or a scheduler, with an emulator in this one.

BeforeDiscovery {
    $missing = 'Microsoft.PowerShell.SecretManagement', 'Microsoft.PowerShell.SecretStore' |
        Where-Object { -not (Get-Module -ListAvailable -Name $_) }
    if ($missing) {
        Write-Information -InformationAction Continue `
            "The test of the nightly task's vault is left out: $($missing -join ' and ') not installed."
    }
    # On Windows the vault is always in the user's own folder.
    $noVault = [bool] $missing -or $PSEdition -eq 'Desktop' -or $IsWindows

    $examples = @(Get-ChildItem -Path "$PSScriptRoot/../../examples/*.ps1" | ForEach-Object Name) + 'cluster/Edit-Share.ps1'
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    # Windows PowerShell breaks the lines of an error in the middle of words; later ones draw a bar before each line.
    $lineEnds = '[\s|]'

    # Starts a script in a PowerShell that finds the module by its name. Returns the process, whose output is read as it is written.
    function Open-Example {
        param([string] $Name, [string] $Folder, [string] $Arguments, [hashtable] $Environment = @{})

        $start = [System.Diagnostics.ProcessStartInfo]::new([System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName)
        $file = if ([System.IO.Path]::IsPathRooted($Name)) { $Name } else { "$Root/examples/$Name" }
        $start.Arguments = "-NoProfile -NonInteractive -File `"$file`" $Arguments"
        $start.WorkingDirectory = $Folder
        $start.UseShellExecute = $false
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $start.EnvironmentVariables['PSModulePath'] = "$Root/output$([System.IO.Path]::PathSeparator)$env:PSModulePath"
        $start.EnvironmentVariables['TOKAIFY_API_KEY'] = 'key'
        $start.EnvironmentVariables['NO_COLOR'] = '1'
        $base = (Get-TokaifyContext).BaseUri
        if ($base) {
            $start.EnvironmentVariables['TOKAIFY_BASE_URL'] = "$base"
        }
        foreach ($variable in $Environment.Keys) {
            $start.EnvironmentVariables.Remove($variable)
            if ($null -ne $Environment[$variable]) {
                $start.EnvironmentVariables[$variable] = $Environment[$variable]
            }
        }
        $process = [System.Diagnostics.Process]::Start($start)
        $process | Add-Member -NotePropertyName Errors -NotePropertyValue $process.StandardError.ReadToEndAsync() -PassThru
    }

    function Close-Example {
        param([Parameter(Mandatory, ValueFromPipeline)] [System.Diagnostics.Process] $Process)

        process {
            $output = $Process.StandardOutput.ReadToEndAsync()
            if (-not $Process.WaitForExit(120000)) {
                $Process.Kill()
            }
            [pscustomobject] @{ ExitCode = $Process.ExitCode; Output = $output.Result; Errors = $Process.Errors.Result }
        }
    }

    function Invoke-Example {
        param([string] $Name, [string] $Folder, [string] $Arguments, [hashtable] $Environment = @{})

        Open-Example @PSBoundParameters | Close-Example
    }

    function Get-Name {
        param([Parameter(Mandatory)] [string] $Folder)

        (Get-ChildItem -LiteralPath $Folder -File | Where-Object Name -NotLike '.*').Name | Sort-Object
    }
}

AfterAll {
    Restore-Session
}

Describe 'Every example' {
    It 'has help, with an example and a description of each parameter: <_>' -ForEach $examples {
        $help = Get-Help "$Root/examples/$_" -Full

        $help.Synopsis | Should -Not -BeLike "*$_*" -Because 'that is what PowerShell makes up'
        $declared = (Get-Command "$Root/examples/$_").ScriptBlock.Ast.ParamBlock.Parameters
        foreach ($parameter in $declared) {
            $name = $parameter.Name.VariablePath.UserPath
            ($help.parameters.parameter | Where-Object name -EQ $name).description.Text | Should -Not -BeNullOrEmpty -Because $name
        }
    }

    It 'is in the list of examples: <_>' -ForEach $examples {
        (Get-Content -LiteralPath "$Root/examples/README.md" -Raw) | Should -Match ([regex]::Escape("| ``$_`` |"))
    }

    It 'is in ASCII, which PowerShell 5.1 and 7 read alike: <_>' -ForEach $examples {
        [System.IO.File]::ReadAllBytes("$Root/examples/$_") | Where-Object { $_ -gt 126 } | Should -BeNullOrEmpty
    }
}

Describe 'With the emulator' {
    BeforeAll {
        Start-TokaifyEmulator
    }

    AfterAll {
        Stop-TokaifyEmulator
    }

    BeforeEach {
        $folder = Initialize-Folder
    }

    Context 'Edit-Folder.ps1' {
        BeforeEach {
            1..5 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
        }

        It 'edits a folder in batches, says how far it is, and sends nothing twice' {
            $first = Invoke-Example Edit-Folder.ps1 $folder "-Path `"$folder`" -BatchSize 2"
            $second = Invoke-Example Edit-Folder.ps1 $folder "-Path `"$folder`" -BatchSize 2"

            $first.ExitCode | Should -Be 0 -Because $first.Errors
            $first.Output | Should -Match '2 of 5: 2 saved'
            $first.Output | Should -Match '5 of 5: 5 saved, 0 there already, 0 failed'
            Get-Name "$folder/edited" | Should -Be (1..5 | ForEach-Object { "$_-edited.png" })
            $second.Output | Should -Match '5 of 5: 0 saved, 5 there already, 0 failed'
        }

        It 'ends with exit code 1 if some failed, after all others' {
            Set-Content -LiteralPath "$folder/2.png" -Value 'no picture'

            $run = Invoke-Example Edit-Folder.ps1 $folder "-Path `"$folder`" -BatchSize 2"

            $run.ExitCode | Should -Be 1
            $run.Output | Should -Match '5 of 5: 4 saved, 0 there already, 1 failed'
        }

        It 'ends with exit code 3 after a batch in which everything failed' {
            1..2 | ForEach-Object { Set-Content -LiteralPath "$folder/$_.png" -Value 'no picture' }

            $run = Invoke-Example Edit-Folder.ps1 $folder "-Path `"$folder`" -BatchSize 2"

            $run.ExitCode | Should -Be 3
            "$folder/edited/3-edited.png" | Should -Not -Exist
        }

        It 'ends with exit code 2 if there is no such folder' {
            (Invoke-Example Edit-Folder.ps1 $folder '-Path nowhere').ExitCode | Should -Be 2
        }

        It 'sends nothing with -WhatIf' {
            $run = Invoke-Example Edit-Folder.ps1 $folder "-Path `"$folder`" -WhatIf"

            $run.Output | Should -Match 'What if:'
            "$folder/edited" | Should -Not -Exist
        }
    }

    Context 'Edit-FromCsv.ps1' {
        It 'edits the samples as the table beside it says' {
            $run = Invoke-Example Edit-FromCsv.ps1 $folder "-Destination `"$folder/out`""

            $run.ExitCode | Should -Be 0 -Because $run.Errors
            Get-Name "$folder/out" | Should -Be @(
                'bottle [front]-edited.png', 'cat-hat.png', 'cat-snow.png', 'journal.jsonl', 'lighthouse-night.png', 'results.csv'
            )
            (Import-Csv -LiteralPath "$folder/out/results.csv").Status | Should -Be @('Saved', 'Saved', 'Saved', 'Saved')
        }

        It 'sends the rows that failed again, and no others' {
            $null = Copy-Picture -Name plain.png -To $folder -As 'a.png'
            Set-Content -LiteralPath "$folder/rows.csv" -Encoding UTF8 -Value 'LiteralPath;Prompt', 'a.png;Sunset', 'b.png;Sunset'

            $first = Invoke-Example Edit-FromCsv.ps1 $folder '-CsvPath rows.csv -Delimiter ; -Destination out'
            $outcome = Import-Csv -LiteralPath "$folder/out/results.csv" -Delimiter ';'
            $null = Copy-Picture -Name alpha.png -To $folder -As 'b.png'
            $second = Invoke-Example Edit-FromCsv.ps1 $folder '-CsvPath rows.csv -Delimiter ; -Destination out'

            $first.ExitCode | Should -Be 1
            $outcome.Status | Should -Be @('Saved', 'Failed')
            $outcome[1].Error | Should -Not -BeNullOrEmpty
            $second.ExitCode | Should -Be 0 -Because $second.Errors
            (Import-Csv -LiteralPath "$folder/out/results.csv" -Delimiter ';').Status | Sort-Object | Should -Be @('Saved', 'Skipped')
        }

        It 'saves beside the table, for any current location' {
            $null = Copy-Picture -Name plain.png -To $folder -As 'a.png'
            Set-Content -LiteralPath "$folder/rows.csv" -Value 'LiteralPath,Prompt', 'a.png,Sunset'

            $run = Invoke-Example Edit-FromCsv.ps1 $folder '-CsvPath rows.csv'

            $run.ExitCode | Should -Be 0 -Because $run.Errors
            "$folder/edited/a-edited.png" | Should -Exist
        }

        It 'says with its exit code that rows would be refused, with -WhatIf' {
            Set-Content -LiteralPath "$folder/rows.csv" -Value 'LiteralPath,Prompt', 'none.png,Sunset'

            (Invoke-Example Edit-FromCsv.ps1 $folder '-CsvPath rows.csv -Destination out -WhatIf').ExitCode | Should -Be 1
            "$folder/out" | Should -Not -Exist
        }

        It 'ends with exit code 2 if a column is missing' {
            Set-Content -LiteralPath "$folder/rows.csv" -Value 'File,Prompt', 'a.png,Sunset'

            (Invoke-Example Edit-FromCsv.ps1 $folder '-CsvPath rows.csv -Destination out').ExitCode | Should -Be 2
        }
    }

    Context 'Watch-Folder.ps1' {
        BeforeEach {
            $bytes = [System.IO.File]::ReadAllBytes("$Pictures/plain.png")
            $null = Copy-Picture -Name plain.png -To $folder -As 'before.png'
            $out = Join-Path $folder 'out'
            $watch = Open-Example Watch-Folder.ps1 $folder '-Path . -Destination out -SettleSec 0'
            # It is written only when no event can be missed any more.
            $watch.StandardOutput.ReadLine() | Should -BeLike 'Watching *'
        }

        AfterEach {
            if (-not $watch.HasExited) {
                $watch.Kill()
            }
        }

        It 'edits existing and new images, waits until an image is complete, and ends when it is stopped' {
            $half = [System.IO.File]::Open("$folder/half.png", 'CreateNew', 'Write', 'None')
            try {
                $half.Write($bytes, 0, 20)
                $half.Flush()
                1..30 | ForEach-Object { [System.IO.File]::WriteAllBytes("$folder/$_.tmp", $bytes + [byte[]] $_) }
                1..30 | ForEach-Object { [System.IO.File]::Move("$folder/$_.tmp", "$folder/$_.png") }
                Wait-Condition { @(Get-ChildItem -Path "$out/*-edited.png" -ErrorAction Ignore).Count -eq 31 } |
                    Should -BeTrue -Because 'none is lost'
                "$out/half-edited.png" | Should -Not -Exist

                $half.Write($bytes, 20, $bytes.Length - 20)
            }
            finally {
                $half.Dispose()
            }
            Wait-Condition { Test-Path -LiteralPath "$out/half-edited.png" } | Should -BeTrue
            Set-Content -LiteralPath "$folder/.stop" -Value ''

            $run = $watch | Close-Example
            $run.ExitCode | Should -Be 0 -Because $run.Errors
            "$folder/.stop" | Should -Not -Exist
            Get-Name "$folder/done" | Should -HaveCount 32
            Get-TemporaryFile $folder | Should -BeNullOrEmpty
        }

        It 'moves failed images aside, reports them by its exit code, and edits them again when they are moved back' {
            Set-Content -LiteralPath "$folder/odd.png" -Value 'no picture'
            Wait-Condition { Test-Path -LiteralPath "$folder/failed/odd.png" } | Should -BeTrue
            Set-Content -LiteralPath "$folder/.stop" -Value ''
            $run = $watch | Close-Example
            $run.ExitCode | Should -Be 1
            $run.Errors -replace $lineEnds | Should -Match 'odd\.png'

            $null = Copy-Picture -Name plain.png -To $folder -As 'before.png'
            $null = Copy-Picture -Name alpha.png -To $folder -As 'odd.png'
            Set-Content -LiteralPath "$folder/.stop" -Value ''
            $again = Invoke-Example Watch-Folder.ps1 $folder '-Path . -Destination out -SettleSec 0'
            $again.ExitCode | Should -Be 0 -Because $again.Errors
            Get-Name $out | Should -Be ('before-edited.png', 'before-edited-2.png', 'odd-edited.png' | Sort-Object)
            Get-Name "$folder/done" | Should -Be ('before.png', 'before-2.png', 'odd.png' | Sort-Object)
        }
    }

    It 'Watch-Folder.ps1 goes on if an image is removed before its turn' {
        1..9 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
        $script = Join-Path (Initialize-Folder) 'watch.ps1'
        # Its results are emitted while the last image still waits.
        Set-Content -LiteralPath $script -Encoding Ascii -Value @"
& '$Root/examples/Watch-Folder.ps1' -Path . -Destination out -SettleSec 0 | ForEach-Object {
    Remove-Item 9.png -ErrorAction Ignore
    Set-Content .stop ''
}
exit `$LASTEXITCODE
"@

        $run = Invoke-Example $script $folder ''

        $run.ExitCode | Should -Be 1 -Because $run.Errors
        Get-Name "$folder/done" | Should -Be (1..8 | ForEach-Object { "$_.png" })
        "$folder/.stop" | Should -Not -Exist
    }

    It 'Watch-Folder.ps1 does not begin if it would edit its own images: <_>' -ForEach '.', '../{0}/' {
        $null = Copy-Picture -Name plain.png -To $folder
        Set-Content -LiteralPath "$folder/.stop" -Value ''
        $destination = $_ -f (Split-Path -Path $folder -Leaf)

        $run = Invoke-Example Watch-Folder.ps1 $folder "-Path . -Destination `"$destination`" -SettleSec 0"

        $run.ExitCode | Should -Be 2
        $run.Errors -replace $lineEnds | Should -Match 'editedinturn'
        Get-Name $folder | Should -Be 'plain.png'
    }

    It 'Watch-Folder.ps1 ends rather than edit an image again and again that it cannot move' {
        $null = Copy-Picture -Name plain.png -To $folder
        Set-Content -LiteralPath "$folder/done" -Value 'in the way'

        $run = Invoke-Example Watch-Folder.ps1 $folder '-Path . -Destination out -SettleSec 0'

        $run.ExitCode | Should -Be 2
        Get-Name "$folder/out" | Should -Be 'plain-edited.png'
    }

    Context 'Export-ProductCatalog.ps1' {
        It 'makes each product in each ratio, and a list of them' {
            $null = Copy-Picture -Name 'bottle [front].png' -To $folder
            $null = Copy-Picture -Name cat.png -To $folder

            $run = Invoke-Example Export-ProductCatalog.ps1 $folder '-Path .'
            $again = Invoke-Example Export-ProductCatalog.ps1 $folder '-Path .'
            $list = Import-Csv -LiteralPath "$folder/catalog/catalog.csv"

            $run.ExitCode | Should -Be 0 -Because $run.Errors
            $again.ExitCode | Should -Be 0 -Because $again.Errors
            foreach ($ratio in '1x1', '4x5', '16x9', '9x16') {
                Get-Name "$folder/catalog/$ratio" | Should -Be @('bottle [front].png', 'cat.png')
            }
            $list | Should -HaveCount 8
            $list | Where-Object AspectRatio -EQ '16:9' | ForEach-Object { "$($_.Width)x$($_.Height)" } |
                Should -Be @('1344x768', '1344x768')
        }

        It 'says with its exit code that images would be refused, with -WhatIf' {
            Set-Content -LiteralPath "$folder/odd.png" -Value 'no picture'

            (Invoke-Example Export-ProductCatalog.ps1 $folder '-Path . -WhatIf').ExitCode | Should -Be 1
            "$folder/catalog" | Should -Not -Exist
        }

        It 'refuses a ratio that the model does not have, before anything is sent' {
            $run = Invoke-Example Export-ProductCatalog.ps1 $folder "-Path `"$Samples`" -AspectRatio 7:3"

            $run.ExitCode | Should -Not -Be 0
            $run.Errors -replace $lineEnds | Should -Match '7:3'
            Get-ChildItem -LiteralPath $folder -Recurse -Filter *.png | Should -BeNullOrEmpty
        }
    }

    Context 'Edit-InConversation.ps1' {
        It 'builds step on step, and goes on from its file' {
            $first = Invoke-Example Edit-InConversation.ps1 $folder
            $second = Invoke-Example Edit-InConversation.ps1 $folder '-Prompt "Now make it night."'

            $first.ExitCode | Should -Be 0 -Because $first.Errors
            $second.ExitCode | Should -Be 0 -Because $second.Errors
            Get-ChildItem -Path "$folder/conversation/*.png" | Should -HaveCount 4
            $conversation = Restore-TokaifyConversation -LiteralPath "$folder/conversation/conversation.json"
            $conversation.Turns.Prompt | Should -Be @('Add a red hat.', 'Make the hat smaller.', 'Let it snow.', 'Now make it night.')
        }
    }

    It 'Edit-InConversation.ps1 ends if the conversation cannot be kept' {
        Set-Content -LiteralPath "$folder/file" -Value 'in the way'

        $run = Invoke-Example Edit-InConversation.ps1 $folder '-ConversationPath file/conversation.json'

        $run.ExitCode | Should -Be 1
        $run.Errors -replace $lineEnds | Should -Match 'conversation\.json'
        Get-ChildItem -Path "$folder/conversation/*.png" | Should -HaveCount 1
    }

    Context 'Invoke-NightlyEdit.ps1' {
        It 'ends with exit code 2 if there is no key, and says so in the log' {
            $run = Invoke-Example Invoke-NightlyEdit.ps1 $folder '' @{ HOME = $folder; XDG_DATA_HOME = $null }

            $run.ExitCode | Should -Be 2
            Get-Content -LiteralPath "$folder/edited/nightly.log" | Should -Match 'Could not go on'
        }

        It 'ends with exit code 3 while the run of the night before is active' {
            $null = New-Item -ItemType Directory -Path "$folder/edited"
            $lock = [System.IO.File]::Open("$folder/edited/.nightly.lock", 'OpenOrCreate', 'ReadWrite', 'None')
            try {
                (Invoke-Example Invoke-NightlyEdit.ps1 $folder).ExitCode | Should -Be 3
            }
            finally {
                $lock.Dispose()
            }
        }

        It 'takes the key from the vault, edits new images, and edits failed ones again' -Skip:$noVault {
            # A user with a vault, set up as in the script's help. The environment has no key.
            $user = @{ HOME = Initialize-Folder; XDG_DATA_HOME = $null; TOKAIFY_API_KEY = $null }
            $setup = Join-Path $folder 'setup.ps1'
            Set-Content -LiteralPath $setup -Encoding Ascii -Value @'
$ErrorActionPreference = 'Stop'
Reset-SecretStore -Authentication None -Interaction None -Force -WarningAction SilentlyContinue
Register-SecretVault -Name Tokaify -ModuleName Microsoft.PowerShell.SecretStore
Set-Secret -Name TokaifyApiKey -Vault Tokaify -SecureStringSecret ([System.Net.NetworkCredential]::new('', 'sk-night-4711').SecurePassword)
'@
            $done = Invoke-Example $setup $folder '' $user
            $done.ExitCode | Should -Be 0 -Because $done.Errors
            $photos = Initialize-Folder
            $null = Copy-Picture -Name plain.png -To $photos
            # A name must not look like a line of the log.
            $odd = "$photos/odd`n.png"
            Set-Content -LiteralPath $odd -Value 'no picture'

            $first = Invoke-Example Invoke-NightlyEdit.ps1 $folder "-Path `"$photos`" -Vault Tokaify" $user
            Copy-Item -LiteralPath "$Pictures/alpha.png" -Destination $odd
            $second = Invoke-Example Invoke-NightlyEdit.ps1 $folder "-Path `"$photos`" -Vault Tokaify" $user
            $log = Get-Content -LiteralPath "$folder/edited/nightly.log"

            $first.ExitCode | Should -Be 1 -Because $first.Errors
            $second.ExitCode | Should -Be 0 -Because $second.Errors
            $log | Where-Object { $_ -match 'FAILED .*odd \.png: UnsupportedImage: ' } | Should -HaveCount 1
            $log[-1] | Should -Match '1 saved, 1 edited before, 0 refused before, 0 failed$'
            Get-Name "$folder/edited" | Should -Be @('journal.jsonl', 'nightly.log', 'odd_-edited.png', 'plain-edited.png')
            ($log + $first.Output + $first.Errors + $second.Output + $second.Errors) -match 'sk-night' | Should -BeNullOrEmpty
        }
    }
}

Describe 'Without a connection' {
    BeforeEach {
        $folder = Initialize-Folder
    }

    It 'demo.ps1 edits the samples' {
        $run = Invoke-Example demo.ps1 $folder "-Destination `"$folder/demo`"" @{ TOKAIFY_API_KEY = $null }

        $run.ExitCode | Should -Be 0 -Because $run.Errors
        Get-ChildItem -LiteralPath "$folder/demo" | Should -HaveCount 5
    }

    Context 'Test-Edit.ps1' {
        It 'completes edits in spite of transient faults, the same ones for the same seed' {
            $first = Invoke-Example Test-Edit.ps1 $folder '-FaultRate 0.5 -Seed 7 -Fault ServerError' @{ TOKAIFY_API_KEY = $null }
            $second = Invoke-Example Test-Edit.ps1 $folder '-FaultRate 0.5 -Seed 7 -Fault ServerError' @{ TOKAIFY_API_KEY = $null }

            $first.ExitCode | Should -Be 0 -Because $first.Output
            $first.Output | Should -Match '5 of 5 edits go through'
            $first.Output | Should -Match 'Attempts'
            # The emulator takes a free port.
            $second.Output -replace ':\d+/' | Should -Be ($first.Output -replace ':\d+/')
        }

        It 'fails the build if a request would be refused, and says which' {
            $null = Copy-Picture -Name plain.png -To $folder
            $null = Copy-Picture -Name plain.gif -To $folder

            $run = Invoke-Example Test-Edit.ps1 $folder '-Path . -FaultRate 0'

            $run.ExitCode | Should -Be 1
            $run.Output | Should -Match 'REFUSED .*plain\.gif: UnsupportedImage'
        }

        It 'fails the build if the model has no such ratio' {
            (Invoke-Example Test-Edit.ps1 $folder '-AspectRatio 7:3').ExitCode | Should -Be 2
        }
    }
}
