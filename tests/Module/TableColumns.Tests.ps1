# A column that is not read has no effect, so a command warns about it.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'A column of a table' {
    BeforeEach {
        $folder = Initialize-Folder
        'cat.png', 'dog.png' | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As $_ }
        Push-Location -LiteralPath $folder
        $prompt = @{ Prompt = 'Sunset' }
    }

    AfterEach {
        Pop-Location
    }

    It 'that is not read gives one warning, with a similar one: <Column>' -ForEach @(
        @{ Column = 'Promt'; Meant = 'Prompt' }
        @{ Column = 'aspect'; Meant = 'AspectRatio' }
        @{ Column = 'Aspect Ratio'; Meant = 'AspectRatio' }
        @{ Column = 'output_name'; Meant = 'OutputName' }
        @{ Column = 'Modell'; Meant = 'Model' }
        @{ Column = 'Size'; Meant = 'ImageSize' }
    ) {
        Get-RowWarning "Path,$Column", 'cat.png,x', 'dog.png,x' -With $prompt |
            Should -Be "The column '$Column' of the table is not read. Is '$Meant' the column that you mean?"
    }

    It 'gives the warning also if each row lacks the value' {
        Get-RowWarning 'Path,Promt,ImageSize', 'cat.png,Sunset,1K', 'dog.png,Night,1K' |
            Should -Be "The column 'Promt' of the table is not read. Is 'Prompt' the column that you mean?"
    }

    It 'gives one error, not one for each row, if the prompt is missing' {
        $failed = Get-TerminatingError {
            'Path,Promt', 'cat.png,Sunset', 'dog.png,Night' | ConvertFrom-Csv |
                Invoke-TokaifyImageEdit -Destination out -WarningAction SilentlyContinue
        }
        $failed | Get-ErrorId | Should -Be 'InvalidArgument'
        "$failed" | Should -BeLike 'There is no prompt: *. Say what to change in the picture.'
    }

    It 'that is empty in one row is that row''s error' {
        $results = 'Path,Prompt', 'cat.png,', 'dog.png,Night' | ConvertFrom-Csv |
            Invoke-TokaifyImageEdit -Destination out -ErrorAction SilentlyContinue -ErrorVariable failed
        $results | Should -HaveCount 1
        "$failed" | Should -BeLike 'row 1, cat.png: The prompt is empty.*'
    }

    It 'gives the warning also for images from text alone' {
        $null = 'Prompt,Aspect', 'A cat,16:9' | ConvertFrom-Csv |
            New-TokaifyImage -Destination out -WarningAction SilentlyContinue -WarningVariable warnings
        "$warnings" | Should -BeLike "The column 'Aspect'*'AspectRatio'*"
    }

    It 'with the name of a parameter that rows cannot have gives another warning' {
        Get-RowWarning 'Path,Count', 'cat.png,3' -With $prompt |
            Should -Be "The column 'Count' of the table is not read. -Count applies to all rows: give it on the command line."
    }

    It 'that is the user''s own gives no warning: <_>' -ForEach 'Customer', 'Id', 'Comment', 'Price' {
        Get-RowWarning "Path,$_", 'cat.png,x' -With $prompt | Should -BeNullOrEmpty
    }

    It 'does not affect <Name>' -ForEach @(
        @{ Name = 'files'; Script = { Get-ChildItem *.png } }
        @{ Name = 'what was selected of files'; Script = { Get-ChildItem *.png | Select-Object * } }
        @{ Name = 'aliases'; Script = { [pscustomobject]@{ FullName = "$folder/cat.png" } } }
        @{ Name = 'results'; Script = { Invoke-TokaifyImageEdit First cat.png -Destination first | ConvertTo-Json -Depth 5 |
                    ConvertFrom-Json }
        }
        @{ Name = 'lines of a journal'; Script = {
                $null = Invoke-TokaifyImageEdit First cat.png -Destination first -JournalPath edits.jsonl
                Get-Content edits.jsonl | ConvertFrom-Json | Where-Object outcome -EQ saved
            }
        }
    ) {
        $null = & $Script | Invoke-TokaifyImageEdit Sunset -Destination out -WarningAction SilentlyContinue -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }
}
