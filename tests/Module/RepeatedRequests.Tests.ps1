BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'The same request for the same image in one command' {
    BeforeEach {
        $folder = Initialize-Folder
        'cat.png', 'copy.png' | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As $_ }
        Push-Location -LiteralPath $folder
    }

    AfterEach {
        Pop-Location
    }

    It 'has a warning before it is paid for again' {
        Get-RowWarning 'Path,Prompt', 'cat.png,Sunset', 'cat.png,Night', 'cat.png,Sunset' |
            Should -BeLike 'row 3, cat.png: This command has sent the same picture with the same request before.*billed again.*-Count.'
    }

    It 'is detected for two names of one file' {
        $null = 'cat.png', "$folder/cat.png" |
            Invoke-TokaifyImageEdit Sunset -Destination out -WarningAction SilentlyContinue -WarningVariable warnings
        "$warnings" | Should -BeLike 'cat.png: This command has sent the same picture*'
    }

    It 'is detected for a copy of the image if there is a journal' {
        Get-RowWarning 'Path,Prompt', 'cat.png,Sunset', 'copy.png,Sunset' -With @{ JournalPath = 'edits.jsonl' } |
            Should -BeLike 'row 2, copy.png: *'
    }

    It 'is not detected in requests that differ by <_>' -ForEach 'Seed', 'TopK', 'SystemInstruction', 'ReferenceImage', 'AspectRatio' {
        $values = @{ AspectRatio = '1:1', '16:9'; ReferenceImage = 'cat.png', 'copy.png' }[$_]
        $values = if ($values) { $values } else { '1', '2' }
        Get-RowWarning "Path,Prompt,$_", "cat.png,Sunset,$($values[0])", "cat.png,Sunset,$($values[1])" | Should -BeNullOrEmpty
    }

    It 'is not detected in variations, nor in other images' {
        Get-RowWarning 'Path,Prompt', 'cat.png,Sunset', 'copy.png,Sunset' -With @{ Count = 2 } | Should -BeNullOrEmpty
    }
}
