# Several commands, on as many machines, each of which takes a share of the same sources.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"
    Clear-Session
    Start-TokaifyEmulator
    $engineVariables = 'SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX', 'AWS_BATCH_JOB_ARRAY_INDEX', 'AWS_BATCH_JOB_ARRAY_SIZE',
    'CLOUD_RUN_TASK_INDEX', 'CI_NODE_INDEX', 'SYSTEM_JOBPOSITIONINPHASE', 'PARALLEL_SEQ'
    $engineBefore = @{}
    foreach ($name in $engineVariables) {
        $engineBefore[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $null)
    }
}

AfterAll {
    foreach ($name in $engineVariables) {
        [Environment]::SetEnvironmentVariable($name, $engineBefore[$name])
    }
    Restore-Session
}

Describe 'Shares of a tree of images' {
    BeforeEach {
        $folder = Initialize-Folder
        foreach ($part in 'summer', 'winter') {
            $null = New-Item -ItemType Directory -Path "$folder/photos/$part"
            Initialize-Source "$folder/photos/$part" 8
        }
        Push-Location -LiteralPath "$folder/photos"
    }

    AfterEach {
        Pop-Location
    }

    It 'together edit each source once, and keep its folder' {
        $summaries = foreach ($number in 1..3) {
            $null = Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination ../out -Shard "$number/3" -Summary `
                -InformationVariable info -InformationAction Ignore
            $info.MessageData
        }

        ($summaries | Measure-Object -Property Saved -Sum).Sum | Should -Be 16
        ($summaries | Measure-Object -Property InOtherShares -Sum).Sum | Should -Be 32
        ($summaries | Measure-Object -Property Skipped -Sum).Sum | Should -Be 0
        $summaries.Saved | Should -Not -Contain 0
        $expected = foreach ($part in 'summer', 'winter') { 1..8 | ForEach-Object { "$part/$_-edited.png" } }
        $made = Get-ChildItem ../out -Recurse -File | ForEach-Object { $_.FullName.Substring("$folder/out/".Length).Replace('\', '/') }
        $made | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'report the number of sources of other shares, also with -WhatIf, and do not list them' {
        $null = Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination ../out -Shard 1/3 -Summary `
            -InformationVariable info -InformationAction Ignore
        $others = $info.MessageData.InOtherShares
        "$($info.MessageData)" | Should -BeLike "* Share 1/3; $others sources belong to other shares.*"

        $said = & {
            $WhatIfPreference = $false
            Start-Transcript -Path "$folder/said.txt" | Out-Null
            Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination ../out2 -Shard 1/3 -WhatIf | Out-Host
            Stop-Transcript | Out-Null
            Get-Content "$folder/said.txt"
        }
        @($said -match "Edit '").Count | Should -Be (16 - $others)
        "$said" | Should -BeLike "* Share 1/3; $others sources belong to other shares.*"
    }

    It 'do not open sources of other shares, and do not check their rows' {
        Get-ChildItem -Recurse -File | ForEach-Object { Set-Content -LiteralPath $_.FullName 'no picture' }
        $rows = Get-ChildItem -Recurse -File | ForEach-Object { [pscustomobject]@{ Path = $_.FullName; AspectRatio = '1:1' } }
        $failed = foreach ($number in 1..3) {
            $rows | Invoke-TokaifyImageEdit 'Night' -Shard "$number/3" -ErrorAction SilentlyContinue -ErrorVariable errors
            $errors
        }
        $failed | Should -HaveCount 16
        $failed | Get-ErrorId | Sort-Object -Unique | Should -Be 'UnsupportedImage'
    }

    It 'contain all rows and variations of a source, for any extension and case' {
        Copy-Item summer/1.png summer/B1.PNG
        Copy-Item summer/1.png summer/b1.jpg
        $rows = 'summer/B1.PNG', 'summer/b1.jpg', 'summer/b1.jpg' |
            ForEach-Object { [pscustomobject]@{ Path = $_; Prompt = "Of $_" } }
        $counts = foreach ($number in 1..5) {
            @($rows | Invoke-TokaifyImageEdit -Destination ../out -Count 2 -Shard "$number/5" -WarningAction Ignore).Count
        }
        $counts | Sort-Object -Descending | Should -Be 6, 0, 0, 0, 0
    }

    It 'are the same from another folder of the same layout, in another order, and after files were added' {
        $first = @(Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination ../out -Shard 2/3 |
                ForEach-Object SourcePath |
                ForEach-Object { $_.Substring("$folder/photos/".Length) } | Sort-Object)
        Copy-Item -Recurse "$folder/photos" "$folder/mount"
        Push-Location "$folder/mount"
        Copy-Item summer/1.png summer/0.png
        Remove-Item winter/1.png
        try {
            $second = @(Get-ChildItem -Recurse -File | Sort-Object -Descending FullName |
                    Invoke-TokaifyImageEdit 'Night' -Destination ../out2 -Shard 2/3 | ForEach-Object SourcePath |
                    ForEach-Object { $_.Substring("$folder/mount/".Length) } | Sort-Object)
        }
        finally {
            Pop-Location
        }
        $both = 'summer', 'winter' | ForEach-Object { $part = $_; 1..8 | ForEach-Object { Join-Path $part "$_.png" } } |
            Where-Object { $_ -notmatch 'winter.1\.png' }
        $second | Where-Object { $_ -in $both } | Should -Be @($first | Where-Object { $_ -in $both })
    }

    It 'end if the first source is not below the current location: nothing is sent' {
        Set-Location summer
        $failure = Get-TerminatingError { Get-ChildItem ../winter | Invoke-TokaifyImageEdit 'Night' -Shard 1/3 }
        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        "$failure" | Should -BeLike '*Set-Location*'
    }

    It 'use the folder of a PowerShell drive' {
        $null = New-PSDrive -Name Photos -PSProvider FileSystem -Root "$folder/photos" -Scope Global
        try {
            $expected = @(Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination ../out -Shard 2/3).SourcePath
            Set-Location Photos:\
            $found = @(Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination "$folder/out2" -Shard 2/3).SourcePath
            @($found).Count | Should -Be @($expected).Count
            $found | Sort-Object | Should -Be ($expected | Sort-Object)
        }
        finally {
            Set-Location "$folder/photos"
            Remove-PSDrive Photos
        }
    }

    It 'refuse <Name>' -ForEach @(
        @{ Name = 'a share that does not exist'; Parameters = @{ Shard = '4/3' }; Message = '*numbered from 1 to 3*' }
        @{ Name = 'Auto without an engine'; Parameters = @{ Shard = 'Auto/3' }; Message = '*no engine numbers this task*' }
        @{ Name = '-Force with a name that other sources may have'; Parameters = @{ Shard = '1/3'; Force = $true; OutputName = 'x' }
            Message = '*no other share can have*'
        }
    ) {
        $failure = Get-TerminatingError { Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' @Parameters }
        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        "$failure" | Should -BeLike $Message
        Get-ChildItem -Recurse -File | Should -HaveCount 16
    }

    It 'cannot be used with a conversation' {
        $failure = Get-TerminatingError { Invoke-TokaifyImageEdit 'Night' summer/1.png -Conversation (New-TokaifyConversation) -Shard 1/3 }
        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
    }

    It 'are read from the variables of the engine' {
        $env:AWS_BATCH_JOB_ARRAY_SIZE = '3'
        $results = foreach ($index in 0..2) {
            $env:AWS_BATCH_JOB_ARRAY_INDEX = "$index"
            Get-ChildItem -Recurse -File | Invoke-TokaifyImageEdit 'Night' -Destination ../out -Shard Auto
        }
        $env:AWS_BATCH_JOB_ARRAY_SIZE, $env:AWS_BATCH_JOB_ARRAY_INDEX = $null, $null
        $results.SourcePath | Sort-Object -Unique | Should -HaveCount 16
        $results | Should -HaveCount 16
    }
}

Describe '-KeepFolder' {
    It 'keeps the folders of a tree without shares as well' {
        $folder = Initialize-Folder
        $null = New-Item -ItemType Directory -Path "$folder/a/b"
        $null = Copy-Picture -Name plain.png -To "$folder/a/b" -As cat.png
        $null = Copy-Picture -Name plain.png -To $folder -As cat.png
        Push-Location -LiteralPath $folder
        try {
            $results = Get-ChildItem -Recurse -File |
                Invoke-TokaifyImageEdit 'Night' -Destination out -KeepFolder -OutputName '{name}' -WarningAction Ignore
            $outside = Get-TerminatingError {
                Invoke-TokaifyImageEdit 'Night' "$Pictures/plain.png" -Destination out -KeepFolder -ErrorAction Stop
            }
        }
        finally {
            Pop-Location
        }
        $expected = 'out/a/b/cat.png', 'out/cat.png' | ForEach-Object { [IO.Path]::GetFullPath("$folder/$_") }
        $results.Path | Sort-Object | Should -Be ($expected | Sort-Object)
        $outside | Get-ErrorId | Should -Be 'InvalidArgument'
    }
}

Describe 'New-TokaifyImage' {
    It 'creates each prompt in one share' {
        $folder = Initialize-Folder
        $prompts = 1..12 | ForEach-Object { "A fox, number $_" }
        $results = foreach ($number in 1..3) {
            $prompts | New-TokaifyImage -Destination $folder -Shard "$number/3"
        }
        $results | Should -HaveCount 12
        $results.Prompt | Sort-Object -Unique | Should -HaveCount 12
    }

    It 'refuses -SkipExisting with -Shard, because names have only the first words' {
        Get-TerminatingError { New-TokaifyImage 'A fox' -Shard 1/3 -SkipExisting } | Get-ErrorId | Should -Be 'InvalidArgument'
    }
}

Describe 'Completion of -Shard' {
    It 'offers <Expected> for <Typed>' -ForEach @(
        @{ Typed = ''; Expected = 'Auto, Auto/8, 1/8, 2/8, 3/8, 4/8, 5/8, 6/8, 7/8, 8/8' }
        @{ Typed = 'a'; Expected = 'Auto, Auto/8' }
        @{ Typed = 'Auto/12'; Expected = 'Auto/12' }
        @{ Typed = '3'; Expected = '3/8' }
        @{ Typed = '1/12'; Expected = '1/12' }
    ) {
        $line = "Invoke-TokaifyImageEdit -Shard $Typed"
        $offered = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches
        $offered.CompletionText -join ', ' | Should -Be $Expected
    }
}
