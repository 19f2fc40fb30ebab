# Results are not in order, and logs contain only messages, so each message about an image begins with its name.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator -Fault Safety
}

AfterAll {
    Restore-Session
}

Describe 'The message of a failure' {
    BeforeEach {
        $folder = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $folder -As 'img07.png'
        Push-Location -LiteralPath $folder
        $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed' }
    }

    AfterEach {
        Pop-Location
    }

    It 'begins with the name of its image, without the folder' {
        Get-ChildItem *.png | Invoke-TokaifyImageEdit Sunset @quiet
        "$failed" | Should -BeLike 'img07.png: The service blocked the edit (*'
        $failed[0].Exception.Message | Should -BeLike 'img07.png: The service blocked the edit (*'
        $failed[0].Exception.Subject | Should -Be 'img07.png'
    }

    It 'has the number of the variation if there are several' {
        Invoke-TokaifyImageEdit Sunset img07.png -Count 2 @quiet
        $failed.Exception.Message | Sort-Object | ForEach-Object { ($_ -split ': ')[0] } |
            Should -Be 'img07.png (variation 1)', 'img07.png (variation 2)'
    }

    It 'has the number of the row if the input is a table' {
        $rows = 'Path,Prompt,AspectRatio', 'img07.png,Sunset,', 'gone.png,Sunset,', 'img07.png,Sunset,99:1', ',Sunset,' | ConvertFrom-Csv
        $rows | Invoke-TokaifyImageEdit @quiet
        $failed.Exception.Message | ForEach-Object { ($_ -split ': ')[0] } | Sort-Object |
            Should -Be 'row 1, img07.png', 'row 2, gone.png', 'row 3, img07.png', 'row 4'
    }

    It 'counts a row that has only a path' {
        'Path', 'gone.png', 'img07.png' | ConvertFrom-Csv | Invoke-TokaifyImageEdit Sunset @quiet
        $failed.Exception.Message | ForEach-Object { ($_ -split ': ')[0] } | Sort-Object |
            Should -Be 'row 1, gone.png', 'row 2, img07.png'
    }

    It 'counts also the rows that PowerShell refuses' {
        'Path,Seed', 'img07.png,none', 'gone.png,1' | ConvertFrom-Csv | Invoke-TokaifyImageEdit Sunset @quiet
        $failed[-1].Exception.Message | Should -BeLike 'row 2, gone.png: *'
    }

    It 'names a file that was refused before anything was sent' {
        Set-Content -LiteralPath text.png -Value 'no picture'
        'text.png', 'gone.png' | Invoke-TokaifyImageEdit Sunset @quiet
        $failed.Exception.Message | Should -BeLike '*.png: *'
        $failed[0].Exception.Message | Should -BeLike "text.png: '*"
        $failed[1].Exception.Message | Should -BeLike "gone.png: There is no file '*"
    }

    It 'begins with the beginning of the prompt if there is no source' {
        New-TokaifyImage "A lighthouse`nat dawn, with a very long description behind it" @quiet
        $failed.Exception.Message | Should -BeLike 'A lighthouse at dawn, with a very long d*: The service blocked*'
    }

    It 'is in the journal as well' {
        Invoke-TokaifyImageEdit Sunset img07.png -JournalPath edits.jsonl @quiet
        (Get-Content edits.jsonl | ConvertFrom-Json | Where-Object outcome -EQ failed).errorMessage |
            Should -BeLike 'img07.png: The service*'
    }
}

Describe 'A warning about an image' {
    It 'begins with its name' {
        $folder = Initialize-Folder
        $large = Copy-Picture -Name plain.png -To $folder -As 'large.png'
        $file = $large.Open('Append')
        $file.SetLength(16MB)
        $file.Dispose()

        Invoke-TokaifyImageEdit Sunset $large -Count 2 -ErrorAction SilentlyContinue -WarningVariable warnings `
            -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike 'large.png: The pictures of this request take *'
    }
}
