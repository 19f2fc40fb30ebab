# Forms of paths and names that Windows and PowerShell have in addition to <folder>/<file>, in every place for a path. Paths that PowerShell
# resolves are the same on every system. Rows that need Windows are skipped elsewhere, by name.

BeforeDiscovery {
    $onWindows = $env:OS -eq 'Windows_NT'
    $drivePaths = @(
        @{ Form = 'from the root of the drive'; Start = 'TokaifyTest:/sub/' }
        @{ Form = 'with backslashes'; Start = 'TokaifyTest:\sub\' }
        @{ Form = 'relative to the location on the drive'; Start = 'TokaifyTest:' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
}

AfterAll {
    Restore-Session
}

Describe 'A path on a drive of PowerShell, <Form>' -ForEach $drivePaths {
    BeforeEach {
        $folder = Initialize-Folder
        $sub = (New-Item -ItemType Directory -Path "$folder/sub").FullName
        $cat = Copy-Picture cat.png -To $sub
        $null = New-PSDrive -Name TokaifyTest -PSProvider FileSystem -Root $folder
        Push-Location -LiteralPath TokaifyTest:/sub
        # The drive keeps its location when the session's is elsewhere.
        Set-Location -LiteralPath $folder
    }

    AfterEach {
        Pop-Location
        Set-Location -LiteralPath $Root
        Remove-PSDrive -Name TokaifyTest
    }

    It 'is a source' {
        (Invoke-TokaifyImageEdit Sunset "${Start}cat.png").SourcePath | Should -Be $cat.FullName
    }

    It 'is a literal source' {
        (Invoke-TokaifyImageEdit Sunset -LiteralPath "${Start}cat.png").SourcePath | Should -Be $cat.FullName
    }

    It 'is a source in a row of a table' {
        ([pscustomobject]@{ Path = "${Start}cat.png" } | Invoke-TokaifyImageEdit Sunset).SourcePath | Should -Be $cat.FullName
    }

    It 'is a reference image' {
        $null = Copy-Picture plain.png -To $sub

        (Invoke-TokaifyImageEdit Sunset $cat.FullName -ReferenceImage "${Start}plain.png").Status | Should -Be 'Saved'
    }

    It 'is a destination' {
        $result = Invoke-TokaifyImageEdit Sunset $cat.FullName -Destination "${Start}out"

        $result.Path | Should -Be (Join-Path $sub 'out' | Join-Path -ChildPath 'cat-edited.png')
        $result.Path | Should -Exist
    }

    It 'is a journal, written, resumed and read' {
        $edit = @{ Prompt = 'Sunset'; LiteralPath = $cat.FullName; JournalPath = "${Start}edits.jsonl" }
        $null = Invoke-TokaifyImageEdit @edit

        "$sub/edits.jsonl" | Should -Exist
        (Invoke-TokaifyImageEdit @edit -Resume).Status | Should -Be 'Skipped'
        (Get-TokaifyJournal "${Start}edits.jsonl").SourcePath | Select-Object -Unique | Should -Be $cat.FullName
    }

    It 'is a report' {
        Invoke-TokaifyImageEdit Sunset $cat.FullName | Export-TokaifyReport "${Start}page.html"

        "$sub/page.html" | Should -Exist
    }

    It 'is a conversation' {
        $talk = New-TokaifyConversation
        $null = Invoke-TokaifyImageEdit Sunset $cat.FullName -Conversation $talk
        $talk | Save-TokaifyConversation "${Start}talk.json"

        "$sub/talk.json" | Should -Exist
        (Restore-TokaifyConversation "${Start}talk.json").Model | Should -Be $talk.Model
    }
}

Describe 'A name with a special meaning on Windows' {
    BeforeEach {
        $folder = Initialize-Folder
        $output = Join-Path $folder 'out'
    }

    # On every system, because images may be copied to Windows.
    It 'is saved under a changed name, on every system: <Template>' -ForEach @(
        @{ Template = 'nul'; Expected = '_nul.png' }
        @{ Template = 'NUL'; Expected = '_NUL.png' }
        @{ Template = 'com1.jsonl'; Expected = '_com1.jsonl.png' }
        @{ Template = 'aux.'; Expected = '_aux.png' }
        @{ Template = 'conin$'; Expected = '_conin$.png' }
        @{ Template = 'cat.png:notes'; Expected = 'cat.png_notes.png' }
        @{ Template = 'C:cat'; Expected = 'C_cat.png' }
        @{ Template = 'cat. . '; Expected = 'cat.png' }
        @{ Template = 'console'; Expected = 'console.png' }
    ) {
        $cat = Copy-Picture cat.png -To $folder

        $result = $cat | Invoke-TokaifyImageEdit Sunset -OutputName $Template -Destination $output

        (Get-ChildItem -LiteralPath $output -Force).Name | Should -BeExactly $Expected
        Split-Path -Leaf $result.Path | Should -BeExactly $Expected
    }

    It 'is a normal source if the system has such a file, and its image has another name: <Name>' -Skip:$onWindows -ForEach @(
        @{ Name = 'nul.png'; Expected = '_nul.png' }
        @{ Name = 'a:b.png'; Expected = 'a_b.png' }
        @{ Name = 'cat. .png'; Expected = 'cat.png' }
        @{ Name = 'C:x.png'; Expected = 'C_x.png' }
    ) {
        $source = Copy-Picture cat.png -To $folder -As $Name

        $result = $source | Invoke-TokaifyImageEdit Sunset -OutputName '{name}' -Destination $output

        $result.SourcePath | Should -BeExactly $source.FullName
        (Get-ChildItem -LiteralPath $output -Force).Name | Should -BeExactly $Expected
    }

    # Two folders, so that both exist on every file system. -Force treats names as equal that are equal on any file system.
    It 'that differs only in case does not overwrite another image: -Force is <_>' -ForEach $true, $false {
        $sources = 'Cat.png', 'cat.png' | ForEach-Object {
            Copy-Picture cat.png -To (New-Item -ItemType Directory -Path (Join-Path $folder ([guid]::NewGuid()))).FullName -As $_
        }

        $results = $sources | Invoke-TokaifyImageEdit Sunset -OutputName '{name}' -Destination $output -Force:$_

        Get-ChildItem -LiteralPath $output | Should -HaveCount 2
        if ($_) {
            $results.Path | Split-Path -Leaf | Sort-Object | Should -Be 'cat-2.png', 'cat.png'
        }
    }

    It 'is not opened as a source: <_>' -Skip:(-not $onWindows) -ForEach 'nul', 'con', 'nul.', 'cat.png:notes' {
        $null = Copy-Picture cat.png -To $folder
        $source = Join-Path $folder $_

        Get-TerminatingError { Invoke-TokaifyImageEdit Sunset -LiteralPath $source -Destination $output -ErrorAction Stop } |
            Should -Not -BeNullOrEmpty
        $output | Should -Not -Exist
    }

    It 'is not accepted as a report: <_>' -Skip:(-not $onWindows) -ForEach 'nul', 'page.html:notes' {
        $cat = Copy-Picture cat.png -To $folder
        $page = Join-Path $folder $_

        Get-TerminatingError { $cat | Invoke-TokaifyImageEdit Sunset -Destination $output | Export-TokaifyReport $page -ErrorAction Stop } |
            Should -Not -BeNullOrEmpty
    }
}

Describe 'A path of Windows' -Skip:(-not $onWindows) {
    BeforeEach {
        $folder = Initialize-Folder
        $cat = Copy-Picture cat.png -To $folder
    }

    It 'relative to a drive is under the location on that drive' {
        Push-Location -LiteralPath $folder
        try {
            $drive = Split-Path -Qualifier $folder

            (Invoke-TokaifyImageEdit Sunset "${drive}cat.png").Path | Should -Be (Join-Path $folder 'cat-edited.png')
        }
        finally {
            Pop-Location
        }
    }

    It 'that is a missing share is named as a share' {
        $cat | Invoke-TokaifyImageEdit Sunset -Destination '\\localhost\no-such-share-of-tokaify\out' -ErrorVariable failures `
            -ErrorAction SilentlyContinue

        $failures[0].Exception.Message | Should -BeLike '*no such share*'
    }

    It 'with the prefix of long paths is the same file' {
        (Invoke-TokaifyImageEdit Sunset -LiteralPath "\\?\$($cat.FullName)" -Destination "$folder/out").Status | Should -Be 'Saved'
    }
}
