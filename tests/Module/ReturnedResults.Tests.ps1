# Results that were written to a file and read again are still results: their settings are not sent and paid for again.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'A result that is read from <Name>' -ForEach @(
    @{ Name = 'JSON'; Return = { param($Value) $Value | ConvertTo-Json -Depth 5 | ConvertFrom-Json } }
    @{ Name = 'JSON of two levels'; Return = { param($Value) $Value | ConvertTo-Json -WarningAction SilentlyContinue | ConvertFrom-Json } }
    @{ Name = 'CSV'; Return = { param($Value) $Value | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv } }
    # Windows PowerShell does not have this switch: it writes the type by default.
    @{ Name = 'CSV with its type'; Return = {
            param($Value)
            $typed = if ($PSEdition -eq 'Core') { @{ IncludeTypeInformation = $true } } else { @{} }
            $Value | ConvertTo-Csv @typed | ConvertFrom-Csv
        }
    }
    @{ Name = 'a selection'; Return = { param($Value) $Value | Select-Object Path, Prompt, Model, AspectRatio, Status | ConvertTo-Csv |
                ConvertFrom-Csv }
    }
    @{ Name = 'the journal'; Return = { Get-Content edits.jsonl | ConvertFrom-Json | Where-Object outcome -EQ saved } }
) {
    BeforeEach {
        $folder = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        Push-Location -LiteralPath $folder
        $first = Invoke-TokaifyImageEdit 'Old prompt' cat.png -Model gemini-3.1-flash-image -AspectRatio 16:9 -JournalPath edits.jsonl
        $returned = & $Return $first
    }

    AfterEach {
        Pop-Location
    }

    It 'gives its image and none of its settings' {
        $second = $returned | Invoke-TokaifyImageEdit 'New prompt'

        $second.SourcePath | Should -Be $first.Path
        $second.Prompt | Should -Be 'New prompt'
        $second.Model | Should -Be 'gemini-2.5-flash-image'
        $second.AspectRatio | Should -BeNullOrEmpty
    }

    It 'is not edited with its old prompt if none is given' {
        $failure = Get-TerminatingError { $returned | Invoke-TokaifyImageEdit -ErrorAction Stop }
        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        Get-ChildItem *.png | Should -HaveCount 2
    }
}

Describe 'A table of results' {
    It 'becomes a table of requests as the help describes' {
        $folder = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        Push-Location -LiteralPath $folder
        try {
            Invoke-TokaifyImageEdit 'Old prompt' cat.png -AspectRatio 16:9 | Export-Csv results.csv
            $again = Import-Csv results.csv |
                Select-Object @{ Name = 'Path'; Expression = 'SourcePath' }, Prompt, Model, AspectRatio |
                Invoke-TokaifyImageEdit
        }
        finally {
            Pop-Location
        }
        Split-Path -Leaf $again.SourcePath | Should -Be 'cat.png'
        $again.Prompt | Should -Be 'Old prompt'
        $again.AspectRatio | Should -Be '16:9'
    }

    It 'is a table of requests if a row has one column with such a name: <_>' -ForEach 'Status', 'Duration', 'SourcePath' {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
        $row = [pscustomobject]@{ Path = $cat.FullName; Prompt = 'Of the row'; $_ = 'to do' }
        ($row | Invoke-TokaifyImageEdit -Destination "$folder/out").Prompt | Should -Be 'Of the row'
    }
}
