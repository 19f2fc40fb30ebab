# Input that is neither an image nor a prompt gives an error of the module that says what to give, not an error of parameter binding.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator 6> $null
    $folder = Initialize-Folder
    $cat = Copy-Picture -Name plain.png -To $folder -As 'cat.png'
    Push-Location -LiteralPath $folder

    # Returns the error of a line, which must have one error and no result.
    function Get-Refusal {
        param([Parameter(Mandatory)] [string] $Line)

        try {
            $said = @(& ([scriptblock]::Create($Line)) 2>&1 3> $null)
        }
        catch {
            $said = @($_)
        }
        $said | Should -HaveCount 1
        $said[0] | Should -BeOfType [System.Management.Automation.ErrorRecord]
        $said[0]
    }
}

AfterAll {
    Pop-Location
    Restore-Session
}

Describe 'Pipeline input that is not an image' {
    It 'is an error that says what to give: <Line>' -ForEach @(
        @{ Line = '42 | Invoke-TokaifyImageEdit Sunset'; Message = 'The Int32 ''42'' is not a picture. Give paths, files *' }
        @{ Line = '1.5 | Invoke-TokaifyImageEdit Sunset'; Message = 'The Double ''1.5'' is not a picture. Give paths, files *' }
        @{ Line = '$true | Invoke-TokaifyImageEdit Sunset'; Message = 'The Boolean ''True'' is not a picture. *' }
        @{ Line = '[datetime] 0 | Invoke-TokaifyImageEdit Sunset'; Message = 'The DateTime *is not a picture. *' }
        @{ Line = '{ cat } | Invoke-TokaifyImageEdit Sunset'; Message = 'An object of type *ScriptBlock is not a picture. *' }
        @{ Line = ', (1, 2) | Invoke-TokaifyImageEdit Sunset 2>&1 | Select-Object -First 1'; Message = 'The Int32 ''1'' is not a *' }
        @{ Line = '@{ Path = "cat.png" } | Invoke-TokaifyImageEdit Sunset'; Message = 'A hashtable is not a picture. Convert it to *' }
        @{ Line = '[ordered] @{ a = 1 } | Invoke-TokaifyImageEdit Sunset'; Message = 'A hashtable is not a picture. *' }
        @{ Line = '[pscustomobject] @{ Photo = 1 } | Invoke-TokaifyImageEdit Sunset'; Message = 'row 1: The row names no *column Path*' }
        @{ Line = '[pscustomobject] @{ Prompt = "x" } | Invoke-TokaifyImageEdit'; Message = 'row 1: The row names no picture: *' }
        @{ Line = '[uri] "https://example.com/a.jpg" | Invoke-TokaifyImageEdit Sunset'; Message = '*is a URL*download it first*' }
        @{ Line = '42 | Show-TokaifyImage'; Message = 'The Int32 ''42'' is not a picture. *' }
        @{ Line = '@{ a = 1 } | Show-TokaifyImage'; Message = 'A hashtable is not a picture. *' }
        @{ Line = '[uri] "https://example.com/a.jpg" | Show-TokaifyImage'; Message = '*is a URL*download it first*' }
        @{ Line = '@{ a = 1 } | Restore-TokaifyConversation'; Message = 'A hashtable is not a *' }
        @{ Line = '[uri] "https://example.com/a.json" | Restore-TokaifyConversation'; Message = '*is a URL*' }
    ) {
        $refusal = Get-Refusal $Line

        $refusal | Get-ErrorId | Should -Be 'InvalidArgument'
        $refusal.Exception.Message | Should -BeLike $Message
        "$($refusal.Exception.Message)$($refusal.TargetObject)" | Should -Not -Match "`0"
    }

    It 'does not end the pipeline: later images are edited' {
        $results = 42, $cat, @{ a = 1 } | Invoke-TokaifyImageEdit Sunset -ErrorAction SilentlyContinue -ErrorVariable failures

        $results.Status | Should -Be 'Saved'
        $failures | Should -HaveCount 2
    }

    It 'is in the journal with its reason' {
        42 | Invoke-TokaifyImageEdit Sunset -JournalPath "$folder/edits.jsonl" -ErrorAction SilentlyContinue

        $line = Get-Content -LiteralPath "$folder/edits.jsonl" | Select-Object -Last 1 | ConvertFrom-Json
        $line.outcome | Should -Be 'failed'
        $line.sourcePath | Should -BeNullOrEmpty
    }
}

Describe 'An argument that is not an image' {
    It 'is an error that says what to give: <Line>' -ForEach @(
        @{ Line = 'Invoke-TokaifyImageEdit Sunset 42'; Message = 'The Int32 ''42'' is not a picture. *' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset @{ Path = "cat.png" }'; Message = 'A hashtable is not a picture. *' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset cat.png -ReferenceImage 42'; Message = 'The Int32 ''42'' is not a picture. *' }
        @{ Line = 'Show-TokaifyImage 42'; Message = 'The Int32 ''42'' is not a picture. *' }
    ) {
        $refusal = Get-Refusal $Line

        $refusal | Get-ErrorId | Should -Be 'InvalidArgument'
        $refusal.Exception.Message | Should -BeLike $Message
    }
}

Describe 'A URL in place of a path' {
    It 'is an error that says what to do: <Line>' -ForEach @(
        @{ Line = '"https://example.com/a.jpg" | Invoke-TokaifyImageEdit Sunset' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset https://example.com/a.jpg' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset HTTP://example.com/a*.jpg?x=[1]' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset -LiteralPath https://example.com/a.jpg' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset ([uri] "https://example.com/a.jpg")' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset "data:image/png;base64,$("A" * 1000)"' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset s3://bucket/a.jpg' }
        @{ Line = '[pscustomobject] @{ Path = "https://example.com/a.jpg" } | Invoke-TokaifyImageEdit Sunset' }
        @{ Line = '[pscustomobject] @{ Path = [uri] "https://example.com/a.jpg" } | Invoke-TokaifyImageEdit Sunset' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset cat.png -ReferenceImage https://example.com/a.jpg' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset cat.png -Destination https://example.com/out' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset cat.png -JournalPath https://example.com/edits.jsonl' }
        @{ Line = '"https://example.com/a.jpg" | Show-TokaifyImage' }
        @{ Line = '"https://example.com/a.json" | Restore-TokaifyConversation' }
        @{ Line = 'New-TokaifyConversation | Save-TokaifyConversation https://example.com/a.json' }
        @{ Line = 'Export-TokaifyReport https://example.com/report.html' }
        @{ Line = 'Start-TokaifyEmulator -LogPath https://example.com/log.jsonl' }
    ) {
        $refusal = Get-Refusal $Line

        $refusal | Get-ErrorId | Should -Be 'InvalidArgument'
        $refusal.Exception.Message | Should -BeLike '* is a URL, and only files and folders are accepted. *download it first*'
        $refusal.Exception.Message.Length | Should -BeLessThan 600
    }

    It 'of a file gives an error with the path of the file' {
        (Get-Refusal 'Invoke-TokaifyImageEdit Sunset file:///pictures/a%20b.jpg').Exception.Message |
            Should -BeLike '*is a URL. Give the path of the file: ''*a b.jpg''.'
    }

    It 'is not confused with a drive' {
        (Get-Refusal 'Invoke-TokaifyImageEdit Sunset TokaifyNoSuchDrive:/a.jpg').Exception.Message |
            Should -BeLike '*TokaifyNoSuchDrive*does not exist*'
        (Invoke-TokaifyImageEdit Sunset "Microsoft.PowerShell.Core\FileSystem::$($cat.FullName)").Status | Should -Be 'Saved'
    }
}

Describe 'Input that is not a prompt' {
    It 'is an error that says what to give: <Line>' -ForEach @(
        @{ Line = 'Get-Item cat.png | New-TokaifyImage'; Message = '*A prompt is a text, and this is *FileInfo. Give a text*' }
        @{ Line = '@{ Prompt = "A fox" } | New-TokaifyImage'; Message = '*A prompt is a text, and this is *Hashtable. *' }
        @{ Line = '[uri] "https://example.com" | New-TokaifyImage'; Message = '*A prompt is a text, and this is *Uri. *' }
        @{ Line = 'New-TokaifyImage @{ a = 1 }'; Message = 'A prompt is a text, and this is *Hashtable. *' }
        @{ Line = 'Invoke-TokaifyImageEdit @{ a = 1 } cat.png'; Message = '*A prompt is a text, and this is *Hashtable. *' }
        @{ Line = 'Invoke-TokaifyImageEdit (Get-Item cat.png) cat.png'; Message = '*A prompt is a text, and this is *FileInfo. *' }
    ) {
        $refusal = Get-Refusal $Line

        $refusal | Get-ErrorId | Should -Be 'InvalidArgument'
        $refusal.Exception.Message | Should -BeLike $Message
    }

    It 'is an error if it is empty: <Line>' -ForEach @(
        @{ Line = 'Invoke-TokaifyImageEdit "" cat.png'; Message = '-Prompt is empty. Say what to change in the picture.' }
        @{ Line = 'Invoke-TokaifyImageEdit -Path cat.png'; Message = '*There is no prompt: *. Say what to change in the picture.' }
        @{ Line = 'Get-Item cat.png | Invoke-TokaifyImageEdit'; Message = '*There is no prompt: *. Say what to change in the picture.' }
        @{
            Line    = '[pscustomobject] @{ Status = "Saved"; Path = "cat.png"; Prompt = "Old" } | Invoke-TokaifyImageEdit'
            Message = 'There is no -Prompt, and the prompt of the earlier result is not used again. *'
        }
        @{ Line = 'Invoke-TokaifyImageEdit x -Conversation talk.json'; Message = "*Restore-TokaifyConversation 'talk.json'." }
        @{ Line = 'Invoke-TokaifyImageEdit x -Conversation 1'; Message = '*This is not a conversation. *' }
        @{ Line = 'Invoke-TokaifyImageEdit " " cat.png'; Message = '-Prompt is empty. Say what to change in the picture.' }
        @{ Line = 'New-TokaifyImage ""'; Message = '-Prompt is empty. Describe the picture.' }
        @{ Line = '"" | New-TokaifyImage'; Message = '*The prompt is empty. Describe the picture.' }
        @{ Line = '[pscustomobject] @{ Path = "cat.png"; Prompt = "" } | Invoke-TokaifyImageEdit'; Message = '*Say what to change in *' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset ""'; Message = '-Path is empty. Give the path of a picture.' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset -LiteralPath ""'; Message = '-LiteralPath is empty. Give the path of a picture.' }
        @{ Line = 'Invoke-TokaifyImageEdit Sunset cat.png -Model ""'; Message = '-Model is empty. Give it a value, or leave it out.' }
    ) {
        (Get-Refusal $Line).Exception.Message | Should -BeLike $Message
    }
}
