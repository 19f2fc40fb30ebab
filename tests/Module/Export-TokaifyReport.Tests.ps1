BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Report.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'The report of a batch' {
    BeforeAll {
        $Folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $Folder
        $heic = Copy-Picture -Name plain.heic -To $Folder -As photo.heic
        $null = Start-TokaifyEmulator
        $results = @(
            $cat, $heic | Invoke-TokaifyImageEdit 'Make it evening.' -ThrottleLimit 1
            $cat | Invoke-TokaifyImageEdit 'Make it evening.' -SkipExisting
            New-TokaifyImage 'A red fox.' -Destination $Folder
            "$Folder/nowhere.png" | Invoke-TokaifyImageEdit 'Make it evening.' 2>&1
        )
        Stop-TokaifyEmulator
        $Page = $results | Get-Page -Folder $Folder -Options @{ Title = 'Autumn' }
        $Cards = @(Get-Card $Page)
    }

    It 'has each edit, in the order of the input' {
        $Cards.Name | Should -Be @('cat.png', 'photo.heic', 'cat.png', 'a-red-fox.png', 'nowhere.png')
        $Cards.Outcome | Should -Be @('saved', 'saved', 'skipped', 'saved', 'failed')
    }

    It 'shows source and result, linked relative to its folder' {
        $Cards[0].Sources | Should -Be @('cat.png', 'cat-edited.png')
        $Cards[0].HasSlider | Should -BeTrue
    }

    It 'shows prompt, model, size, tokens, cost and time' {
        $Cards[0].Text | Should -Match 'Make it evening\.'
        $Cards[0].Text | Should -Match 'Model\s+gemini-2\.5-flash-image'
        $Cards[0].Text | Should -Match 'Size\s+1024 . 1024'
        $Cards[0].Text | Should -Match 'Tokens\s+1,\d{3}\s'
        $Cards[0].Text | Should -Match 'Cost\s+0\.039 USD \(list price\)'
        $Cards[0].Text | Should -Match 'Time\s+\d+\.\d s'
    }

    It 'says that browsers do not show HEIC, and shows the result' {
        $Cards[1].Text | Should -Match 'Browsers do not show HEIC\.'
        $Cards[1].Sources | Should -Be @('photo-edited.png')
        $Cards[1].Links | Should -Contain 'photo.heic'
        $Cards[1].HasSlider | Should -BeFalse
    }

    It 'shows a skipped edit with the existing image' {
        $Cards[2].Text | Should -Not -Match '\bCost\b'
        $Cards[2].Sources | Should -Be @('cat.png', 'cat-edited.png')
        $Cards[2].Text | Should -Not -Match '\bTime\b'
    }

    It 'shows an image from text without a source' {
        $Cards[3].Sources | Should -Be @('a-red-fox.png')
        $Cards[3].HasSlider | Should -BeFalse
    }

    It 'says why an edit failed' {
        $Cards[4].Text | Should -Match 'There is no file'
        $Cards[4].Text | Should -Match 'Error\s+FileNotFound'
        $Cards[4].Sources | Should -BeNullOrEmpty
    }

    It 'has totals' {
        $sum = ($results | Where-Object Usage | ForEach-Object { $_.Usage.TotalTokenCount } | Measure-Object -Sum).Sum
        $tokens = $sum.ToString('N0', [cultureinfo]::InvariantCulture)
        $Page | Should -Match '<dt>Pictures saved</dt><dd>3</dd>'
        $Page | Should -Match "<dt>Tokens</dt><dd>$([regex]::Escape($tokens))</dd>"
        $Page | Should -Match '<dt>Cost at list prices</dt><dd>0\.117 USD</dd>'
        $Page | Should -Match 'All <b>5</b>'
        $Page | Should -Match 'Saved <b>3</b>'
        $Page | Should -Match 'Skipped <b>1</b>'
        $Page | Should -Match 'Failed <b>1</b>'
    }

    It 'has the title' {
        $Page | Should -Match '<title>Autumn</title>'
        $Page | Should -Match '<h1[^>]*>Autumn</h1>'
    }

    It 'contains no network address' {
        $Page -cmatch '(https?|wss?):|src="//|url\(' | Should -BeFalse
    }

    It 'allows only its own style and script, by their digests' {
        $algorithm = [Security.Cryptography.SHA256]::Create()
        $policy = [regex]::Match($Page, 'Content-Security-Policy" content="([^"]*)"').Groups[1].Value
        foreach ($element in 'style', 'script') {
            $text = [regex]::Match($Page, "(?s)<$element>(.*?)</$element>").Groups[1].Value
            $digest = [Convert]::ToBase64String($algorithm.ComputeHash([Text.Encoding]::UTF8.GetBytes($text)))
            $policy | Should -Match ([regex]::Escape("$element-src 'sha256-$digest';"))
        }
        $policy | Should -BeLike "default-src 'none';*"
        $policy | Should -Not -BeLike '*unsafe*'
        $Page | Should -Not -Match "`r"
    }

    It 'leaves no other file' {
        Get-TemporaryFile $Folder | Should -BeNullOrEmpty
    }
}

Describe 'The input of a report' {
    It 'may be a batch that was read from a file: <_>' -ForEach @(
        'Export-Clixml', 'ConvertTo-Json', 'ConvertTo-Json -Depth 1', 'Export-Csv', 'a journal', 'entries of a journal as JSON'
    ) {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
        $null = Start-TokaifyEmulator
        $result = $cat | Invoke-TokaifyImageEdit 'Make it evening.' -JournalPath "$folder/edits.jsonl"
        Stop-TokaifyEmulator
        $back = switch ($_) {
            'Export-Clixml' { $result | Export-Clixml "$folder/r.xml"; Import-Clixml "$folder/r.xml" }
            'ConvertTo-Json' { $result | ConvertTo-Json -Depth 4 | ConvertFrom-Json }
            'ConvertTo-Json -Depth 1' { $result | ConvertTo-Json -Depth 1 -WarningAction SilentlyContinue | ConvertFrom-Json }
            'Export-Csv' { $result | Export-Csv "$folder/r.csv" -NoTypeInformation; Import-Csv "$folder/r.csv" }
            'a journal' { Get-Content "$folder/edits.jsonl" | ConvertFrom-Json }
            'entries of a journal as JSON' { Get-TokaifyJournal "$folder/edits.jsonl" | ConvertTo-Json -Depth 4 | ConvertFrom-Json }
        }

        $card = Get-Card ($back | Get-Page -Folder $folder)

        $card.Outcome | Should -Be 'saved'
        $card.Sources | Should -Be @('cat.png', 'cat-edited.png')
        $card.Text | Should -Match 'Make it evening\.'
        $card.Text | Should -Match 'Tokens\s+1,\d{3}'
        $card.Text | Should -Match 'Time\s+\d+\.\d s'
    }

    It 'may be a journal whose process was stopped or killed: requests that may have been billed are failures' {
        $folder = Initialize-Folder
        $null = foreach ($name in 'cat', 'stopped', 'killed') {
            Copy-Picture -Name cat.png -To $folder -As "$name.png"
        }
        $null = Start-TokaifyEmulator
        $null = Invoke-TokaifyImageEdit 'Make it evening.' "$folder/*.png" -JournalPath "$folder/edits.jsonl" -ThrottleLimit 1
        Stop-TokaifyEmulator
        $lines = Get-Content "$folder/edits.jsonl" | ConvertFrom-Json
        $lines | Where-Object { $_.outcome -eq 'saved' -and $_.sourcePath -like '*stopped.png' } | ForEach-Object {
            $_.outcome = 'unknown'
            $_.errorMessage = 'It may have been billed.'
            $_.images = @()
        }
        $lines = $lines | Where-Object { $_.outcome -ne 'saved' -or $_.sourcePath -notlike '*killed.png' }

        $page = $lines | Get-Page -Folder $folder -Options @{ ErrorVariable = 'failures' }

        $cards = Get-Card $page
        $cards.Name | Should -Be @('cat.png', 'stopped.png', 'killed.png')
        $cards.Outcome | Should -Be @('saved', 'failed', 'failed')
        $cards[1, 2].Text | Should -BeLike '*may have been billed*'
    }

    It 'may be errors of -ErrorVariable, each once and last, even if it is also in the pipeline' {
        $null = Start-TokaifyEmulator
        $results = "$TestDrive/no.png", "$TestDrive/none.png" |
            Invoke-TokaifyImageEdit 'x' -ErrorVariable failed -ErrorAction SilentlyContinue
        Stop-TokaifyEmulator
        $results | Should -BeNullOrEmpty

        $cards = @($failed[0], (ConvertTo-Result) | Get-Page -Options @{ ErrorRecord = $failed } | ForEach-Object { Get-Card $_ })

        $cards.Outcome | Should -Be @('saved', 'failed', 'failed')
        $cards[1, 2].Name | Should -Be @('no.png', 'none.png')
    }

    It 'may be refusals of the service, with the request and the model' {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
        $null = Start-TokaifyEmulator -Fault Safety

        $card = Get-Card ($cat | Invoke-TokaifyImageEdit 'A hat, please.' 2>&1 | Get-Page -Folder $folder)

        Stop-TokaifyEmulator
        $card.Outcome | Should -Be 'failed'
        $card.Sources | Should -Be 'cat.png'
        $card.Text | Should -Match 'The service blocked the edit'
        $card.Text | Should -Match 'A hat, please\.'
        $card.Text | Should -Match 'Model\s+gemini-2\.5-flash-image'
    }

    It 'may be errors that were read from a file' {
        Write-Error 'HTTP 429' -TargetObject "$TestDrive/cat.png" -ErrorId RateLimited 2>&1 | Export-Clixml "$TestDrive/failed.xml"

        $card = Get-Card (Get-Page -Options @{ ErrorRecord = Import-Clixml "$TestDrive/failed.xml" })

        $card.Outcome | Should -Be 'failed'
        $card.Name | Should -Be 'cat.png'
        $card.Text | Should -Match 'HTTP 429'
    }

    It 'may be an error about a list of files, with its own message' {
        $card = Get-Card (Write-Error 'Two are left.' -TargetObject @('/a.png', '/b.png') 2>&1 | Get-Page)

        $card.Name | Should -Be 'Unnamed'
        $card.Text | Should -Match 'Two are left\.'
    }

    It 'may be an edit of a path without a name: <_>' -ForEach '/', '\\', '\\?\' {
        $card = Get-Card (ConvertTo-Result @{ Status = 'failed'; SourcePath = $_ } | Get-Page)

        $card.Name | Should -Be $_
    }

    It 'may be the failures of a journal, with their prompts' {
        $line = @{
            outcome      = 'failed'
            sourcePath   = "$TestDrive/x.png"
            prompt       = 'A hat.'
            errorId      = 'Timeout'
            errorMessage = 'It took long.'
            images       = @()
        }

        $card = Get-Card ([pscustomobject] $line | Get-Page)

        $card.Outcome | Should -Be 'failed'
        $card.Text | Should -Match 'It took long\..*A hat\.'
    }

    It 'may be variations, which are numbered after the first' {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $folder
        $null = Start-TokaifyEmulator
        $results = @(
            $cat | Invoke-TokaifyImageEdit 'Make it evening.' -Count 3 -ThrottleLimit 1
            $cat | Invoke-TokaifyImageEdit 'Make it night.' -Destination "$folder/night"
        )
        Stop-TokaifyEmulator

        $page = $results | Get-Page -Folder $folder
        $cards = @(Get-Card $page)

        $cards.Title | Should -Be @('cat.png', 'cat.png variation 2', 'cat.png variation 3', 'cat.png')
        $cards.Request | Select-Object -Unique | Should -HaveCount 2
        $cards[1, 2].Request | Should -Be @($cards[0].Request, $cards[0].Request)
        $page | Should -Match 'aria-label="Enlarge cat\.png, variation 2"'
    }

    It 'is shown once at the top if it is equal for all: <Why>' -ForEach @(
        @{ Why = 'prompt and model'; Second = @{}; Shared = 'prompt model' }
        @{ Why = 'the model alone'; Second = @{ Prompt = 'Another.' }; Shared = 'model' }
        @{ Why = 'the prompt alone'; Second = @{ Model = $null }; Shared = 'prompt' }
        @{ Why = 'nothing'; Second = @{ Model = 'a'; Prompt = 'b' }; Shared = $null }
        @{
            Why = 'all but what failed before it had any'; Second = @{ Status = 'Failed'; Model = $null }; Third = @{}
            Shared = 'prompt model'
        }
    ) {
        $results = @(ConvertTo-Result; ConvertTo-Result $Second; if ($Third) { ConvertTo-Result $Third })

        $page = $results | Get-Page

        [regex]::Match($page, '<dl class="shared" data-shared="([^"]*)"').Groups[1].Value | Should -Be "$Shared"
        # The cards contain it as well, for the enlarged view.
        (Get-Card $page)[0].Text | Should -Match 'Make it evening\.'
    }

    It 'is shown on the cards if it is too long for the top' {
        $long = '<' * 5000

        $page = (ConvertTo-Result @{ Prompt = $long }), (ConvertTo-Result @{ Prompt = $long }) | Get-Page

        [regex]::Match($page, '<dl class="shared" data-shared="([^"]*)"').Groups[1].Value | Should -Be 'model'
        (Get-Card $page)[0].Text | Should -Match '<{5000}'
    }

    It 'is not shown at the top of a page with one card' {
        ConvertTo-Result | Get-Page | Should -Not -Match '<dl class="shared"'
    }

    It 'may be failed variations, also as errors' {
        $cat = Copy-Picture -Name cat.png -To (Initialize-Folder)
        $null = Start-TokaifyEmulator -Fault Safety

        $page = $cat | Invoke-TokaifyImageEdit 'A hat, please.' -Count 2 -ThrottleLimit 1 2>&1 | Get-Page

        Stop-TokaifyEmulator
        (Get-Card $page).Title | Should -Be @('cat.png', 'cat.png variation 2')
    }

    It 'may be empty, with a warning' {
        $path = "$(Initialize-Folder)/report.html"

        Export-TokaifyReport $path -WarningVariable warnings -WarningAction SilentlyContinue

        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike "There was no input: '*report.html'*Pipe results*"
        Read-Page $path | Should -Match 'All <b>0</b>'
    }

    It 'cannot be another object: each gives an error, and the report has the rest' {
        $path = "$(Initialize-Folder)/report.html"

        $errors = Get-Item $TestDrive | ForEach-Object { $_; 'text'; ConvertTo-Result } | Export-TokaifyReport $path 2>&1

        $errors | Get-ErrorId | Should -Be @('InvalidArgument', 'InvalidArgument')
        Get-Card (Read-Page $path) | Should -HaveCount 1
    }

    It 'does not include records of other streams from *>&1' {
        $page = & { Write-Warning 'w'; Write-Verbose 'v' -Verbose; Write-Information 'i'; ConvertTo-Result } *>&1 | Get-Page

        Get-Card $page | Should -HaveCount 1
    }
}

Describe 'The images of a report' {
    It 'are linked by a URL for any characters in their names' {
        $folder = Initialize-Folder
        $name = "100% & #1 'a' [b] $([char] 0xE9)$([char] 0x65E5).png"
        $path = (Copy-Picture -Name plain.png -To $folder -As $name).FullName

        (Get-Card (ConvertTo-Result @{ SourcePath = $path } | Get-Page -Folder $folder)).Sources |
            Should -Be '100%25%20%26%20%231%20%27a%27%20%5Bb%5D%20%C3%A9%E6%97%A5.png'
    }

    # On Windows such a path is on this machine, where the file does not exist, so it would not be linked.
    It 'are linked by an absolute URL if they are outside of the page''s folder' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $folder = Initialize-Folder

        (Get-Card (ConvertTo-Result @{ SourcePath = 'C:\My photos\cat #1.png' } | Get-Page -Folder $folder)).Sources |
            Should -Be 'file:///C:/My%20photos/cat%20%231.png'
    }

    It 'are marked as missing if they do not exist' {
        $card = Get-Card (ConvertTo-Result @{ SourcePath = "$TestDrive/gone.png" } | Get-Page)

        $card.Text | Should -Match 'The file does not exist\.'
        $card.Links | Should -BeNullOrEmpty
    }

    It 'are several if several were saved' {
        $folder = Initialize-Folder
        $paths = 'a.png', 'b.png' | ForEach-Object { (Copy-Picture -Name plain.png -To $folder -As $_).FullName }
        $images = $paths | ForEach-Object { [pscustomobject] @{ Path = $_; Width = 61; Height = 43 } }

        $page = ConvertTo-Result @{ Images = $images } | Get-Page -Folder $folder

        (Get-Card $page).Sources | Should -Be @('a.png', 'b.png')
        $page | Should -Match 'aria-label="Picture 2 of 2"'
    }

    It 'are embedded with -Embed, byte for byte' {
        $folder = Initialize-Folder
        $path = (Copy-Picture -Name cat.png -To $folder).FullName

        $source = (Get-Card (ConvertTo-Result @{ SourcePath = $path } | Get-Page -Folder $folder -Options @{ Embed = $true })).Sources

        $source | Should -BeExactly "data:image/png;base64,$([Convert]::ToBase64String([IO.File]::ReadAllBytes($path)))"
    }

    It 'have names and no links if they are embedded, because readers of the page may not have the files' {
        $folder = Initialize-Folder
        $results = @(
            ConvertTo-Result @{
                SourcePath = (Copy-Picture -Name cat.png -To $folder).FullName
                Path       = (Copy-Picture -Name plain.png -To $folder -As cat-edited.png).FullName
            }
            ConvertTo-Result @{ SourcePath = (Copy-Picture -Name plain.heic -To $folder -As photo.heic).FullName }
        )

        $page = $results | Get-Page -Folder $folder -Options @{ Embed = $true; WarningAction = 'SilentlyContinue' }

        $cards = @(Get-Card $page)
        $cards[0].Links | Should -BeNullOrEmpty
        $cards[0].Text | Should -Match 'Source\s+cat\.png\s+Result\s+cat-edited\.png'
        $cards[1].Links | Should -Be 'photo.heic'
        $page.Contains([Uri]::EscapeUriString($folder.Replace('\', '/'))) | Should -BeFalse
    }

    It 'are linked beyond -EmbedLimit, with a warning' {
        $folder = Initialize-Folder
        $results = 'a.png', 'b.png', 'c.png' | ForEach-Object {
            ConvertTo-Result @{ SourcePath = (Copy-Picture -Name plain.png -To $folder -As $_).FullName }
        }
        $limit = 2 * (Get-Item "$folder/a.png").Length

        $results | Export-TokaifyReport "$folder/r.html" -Embed -EmbedLimit $limit -WarningVariable warnings -WarningAction SilentlyContinue

        $cards = @(Get-Card (Read-Page "$folder/r.html"))
        $sources = $cards.Sources
        $sources[0, 1] | Should -Match '^data:image/png;base64,'
        $sources[2] | Should -Be 'c.png'
        $cards.Links | Should -Be 'c.png'
        $warnings | Should -BeLike 'Pictures*: 1.*-EmbedLimit*'
    }

    It 'are not kept in memory' {
        $folder = Initialize-Folder
        $block = [byte[]]::new(1MB)
        $header = [IO.File]::ReadAllBytes("$Samples/cat.png")
        $path = "$folder/large.png"
        $file = [IO.File]::Create($path)
        $file.Write($header, 0, $header.Length)
        1..100 | ForEach-Object { $file.Write($block, 0, $block.Length) }
        $file.Dispose()
        $result = ConvertTo-Result @{ SourcePath = $path }
        ConvertTo-Result | Export-TokaifyReport "$folder/warm.html" -Embed
        $process = [Diagnostics.Process]::GetCurrentProcess()
        $before = $process.WorkingSet64

        $result | Export-TokaifyReport "$folder/r.html" -Embed -EmbedLimit 1GB

        $process.Refresh()
        $process.WorkingSet64 - $before | Should -BeLessThan 60MB
        (Get-Item "$folder/r.html").Length | Should -BeGreaterThan 133MB
        Remove-Item $path, "$folder/r.html"
    }
}

Describe 'Text in a report' {
    It 'is not markup: <_>' -ForEach 'Prompt', 'Model', 'Text', 'ErrorMessage', 'ErrorId', 'SourcePath' {
        $markup = '"><script>alert(1)<b>'
        $page = ConvertTo-Result @{ Status = 'failed'; $_ = $markup } | Get-Page

        $page.Contains('"><script>') | Should -BeFalse
        $page.Contains('&quot;&gt;&lt;script&gt;alert(1)') | Should -BeTrue
    }

    It 'is not a placeholder of the page' {
        $title = '{{script}} <!--edits--> {0}'

        $page = ConvertTo-Result @{ Prompt = '{0} {1} <!--totals-->' } | Get-Page -Options @{ Title = $title }

        $page | Should -Match ([regex]::Escape("<title>$([Net.WebUtility]::HtmlEncode($title))</title>"))
        (Get-Card $page).Text | Should -Match ([regex]::Escape('{0} {1} <!--totals-->'))
    }

    It 'keeps every character that HTML allows' {
        $prompt = "line$([char] 10)$([char] 0x65E5) $([char]::ConvertFromUtf32(0x1F305)) & `"x`""

        (Get-Card (ConvertTo-Result @{ Prompt = "$prompt$([char] 0)" } | Get-Page)).Text |
            Should -Match ([regex]::Escape("$prompt$([char] 0xFFFD)"))
    }
}

Describe 'Saving a report' {
    BeforeEach {
        $folder = Initialize-Folder
        $path = "$folder/report.html"
    }

    It 'replaces an existing one' {
        Set-Content -LiteralPath $path -Value old
        ConvertTo-Result | Export-TokaifyReport $path

        Read-Page $path | Should -Match '^<!DOCTYPE html>'
    }

    It 'keeps an existing one if there is no input, and does not emit it' {
        Set-Content -LiteralPath $path -Value old

        $file = Export-TokaifyReport $path -PassThru -WarningVariable warnings -WarningAction SilentlyContinue

        $file | Should -BeNullOrEmpty
        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike "There was no input: '*report.html' was left unchanged.*"
        (Read-Page $path).Trim() | Should -Be 'old'
        Get-TemporaryFile $folder | Should -BeNullOrEmpty
    }

    It 'keeps an existing one with -NoClobber, and ends the pipeline before it begins' {
        Set-Content -LiteralPath $path -Value old
        $begun = [Collections.ArrayList]::new()

        $failure = Get-TerminatingError { 1 | ForEach-Object { $begun.Add($_) } | Export-TokaifyReport $path -NoClobber }

        $failure | Get-ErrorId | Should -Be 'SaveFailed'
        $begun | Should -BeNullOrEmpty
        (Read-Page $path).Trim() | Should -Be 'old'
    }

    It 'keeps with -NoClobber a file that is created meanwhile' {
        $failure = Get-TerminatingError {
            ConvertTo-Result | ForEach-Object { Set-Content -LiteralPath $path -Value new; $_ } | Export-TokaifyReport $path -NoClobber
        }

        $failure | Get-ErrorId | Should -Be 'SaveFailed'
        (Read-Page $path).Trim() | Should -Be 'new'
        Get-TemporaryFile $folder | Should -BeNullOrEmpty
    }

    It 'replaces a read-only one only with -Force' {
        Set-Content -LiteralPath $path -Value old
        Set-ItemProperty -LiteralPath $path -Name IsReadOnly -Value $true

        Get-TerminatingError { ConvertTo-Result | Export-TokaifyReport $path } | Get-ErrorId | Should -Be 'SaveFailed'
        ConvertTo-Result | Export-TokaifyReport $path -Force

        Read-Page $path | Should -Match '^<!DOCTYPE html>'
    }

    It 'refuses a folder' {
        Get-TerminatingError { ConvertTo-Result | Export-TokaifyReport $folder } | Get-ErrorId | Should -Be 'SaveFailed'
    }

    It 'creates the folder' {
        ConvertTo-Result | Export-TokaifyReport "$folder/a/b/report.html"

        "$folder/a/b/report.html" | Should -Exist
    }

    It 'resolves a path from PowerShell''s location, without wildcards' {
        Push-Location -LiteralPath $folder
        try {
            ConvertTo-Result | Export-TokaifyReport -LiteralPath '[1].html'
        }
        finally {
            Pop-Location
        }

        Test-Path -LiteralPath "$folder/[1].html" | Should -BeTrue
    }

    It 'writes nothing with -WhatIf' {
        ConvertTo-Result | Export-TokaifyReport $path -WhatIf

        Get-ChildItem -LiteralPath $folder -Force | Should -BeNullOrEmpty
    }

    It 'emits the file with -PassThru, and nothing without' {
        ConvertTo-Result | Export-TokaifyReport $path | Should -BeNullOrEmpty
        $file = ConvertTo-Result | Export-TokaifyReport $path -PassThru

        $file | Should -BeOfType IO.FileInfo
        $file.FullName | Should -Be (Get-Item -LiteralPath $path).FullName
    }

    It 'leaves nothing if the pipeline ends early' {
        { ConvertTo-Result | ForEach-Object { $_; throw 'early' } | Export-TokaifyReport $path } | Should -Throw 'early'

        Get-ChildItem -LiteralPath $folder -Force | Should -BeNullOrEmpty
    }

    It 'leaves no temporary file and keeps an existing page if it is stopped' {
        Set-Content -LiteralPath $path -Value old
        $run = Invoke-InBackground -Arguments $path, (ConvertTo-Result) {
            $result = $args[1]
            & { $result; Start-Sleep -Seconds 60 } | Export-TokaifyReport $args[0]
        }
        Wait-Condition { Get-TemporaryFile $folder } | Should -BeTrue

        $run.PowerShell.Stop()

        Wait-Condition { -not (Get-TemporaryFile $folder) } | Should -BeTrue
        (Read-Page $path).Trim() | Should -Be 'old'
        $run.PowerShell.Dispose()
    }

    # Only there can a test replace the program that opens pages.
    It 'opens it with -Open' -Skip:(-not $IsLinux) {
        # .NET looks for xdg-open on PATH: this one records its arguments.
        $bin = Initialize-Folder
        $null = Set-Content -LiteralPath "$bin/xdg-open" -Value '#!/bin/sh', "echo `"`$1`" > '$bin/part'; mv '$bin/part' '$bin/opened'"
        chmod +x "$bin/xdg-open"
        $before = $env:PATH
        $env:PATH = "$bin$([IO.Path]::PathSeparator)$before"
        try {
            ConvertTo-Result | Export-TokaifyReport $path -Open
            Wait-Condition { Test-Path -LiteralPath "$bin/opened" } | Should -BeTrue
        }
        finally {
            $env:PATH = $before
        }

        Get-Content -LiteralPath "$bin/opened" | Should -Be $path
    }
}

Describe 'A share that is named only by a journal or a file' {
    BeforeAll {
        # Outside of Windows, two slashes lead to the same file as one, so this share could be read.
        $Folder = Initialize-Folder
        $cat = Copy-Picture -Name cat.png -To $Folder
        $shares = @(
            '\\host.example\share\cat.png'
            '//host.example/share/cat.png'
            '\/host.example\share/cat.png'
            '\\?\UNC\host.example\share\cat.png'
            '\??\UNC\host.example\share\cat.png'
            '\\?\GLOBALROOT\Device\Mup\host.example\share\cat.png'
            'file://host.example/share/cat.png'
            'file:////host.example/share/cat.png'
            'FILE:\\host.example\share\cat.png'
            if ($IsLinux -or $IsMacOS) { "/$($cat.FullName)" }
        )
    }

    It 'is shown as text, neither linked nor embedded (<Case>)' -ForEach @(
        @{ Case = 'linked pictures'; Options = @{} }
        @{ Case = '-Embed'; Options = @{ Embed = $true } }
    ) {
        foreach ($share in $shares) {
            $lines = @(
                [pscustomobject] @{ outcome = 'saved'; sourcePath = $share; images = @([pscustomobject] @{ path = $share }) }
                [pscustomobject] @{ Status = 'Saved'; Path = $share }
                [pscustomobject] @{ Status = 'Saved'; SourcePath = $share; Images = $share }
            )
            $page = $lines | Get-Page -Options $Options

            foreach ($card in Get-Card $page) {
                $card.Sources | Should -BeNullOrEmpty -Because $share
                $card.Links | Should -BeNullOrEmpty -Because $share
                $card.Text | Should -BeLike "*$([WildcardPattern]::Escape($share)) (on another machine)*"
            }
            $page | Should -Not -BeLike '*data:image*'
        }
    }

    It 'is not opened either if an error of another process names it' {
        $source = [pscustomobject] @{ FullName = '\\host.example\share\cat.png' }
        $record = [System.Management.Automation.ErrorRecord]::new([Exception]::new('No.'), 'Id', 'NotSpecified', $source)
        $text = [System.Management.Automation.PSSerializer]::Serialize($record)
        $failure = [System.Management.Automation.PSSerializer]::Deserialize($text)
        $card = Get-Card ($failure | Get-Page)

        $card.Links | Should -BeNullOrEmpty
    }

    It 'is linked if the results are of this session' {
        Start-TokaifyEmulator
        try {
            $result = Invoke-TokaifyImageEdit 'Sunset' $cat
            $card = Get-Card ($result | Get-Page -Folder $Folder)
        }
        finally {
            Stop-TokaifyEmulator
        }

        $card.Links | Should -Be 'cat.png', 'cat-edited.png'
    }
}

Describe 'The row of a failed request' {
    It 'is in the page to send it again, but not for a turn of a conversation' {
        $folder = Initialize-Folder
        $cat = Copy-Picture -Name plain.png -To $folder
        $null = Start-TokaifyEmulator -Fault Safety 6> $null
        $turn = @{ Conversation = New-TokaifyConversation }
        foreach ($page in @{ Name = 'edit'; With = @{}; HasRow = $true }, @{ Name = 'turn'; With = $turn; HasRow = $false }) {
            $with = $page.With
            $failed = Invoke-TokaifyImageEdit 'Not this.' $cat @with 2>&1
            Export-Clixml -LiteralPath "$folder/failed.xml" -InputObject $failed
            foreach ($given in $failed, (Import-Clixml -LiteralPath "$folder/failed.xml")) {
                $given | Export-TokaifyReport "$folder/report.html"
                $html = Get-Content -LiteralPath "$folder/report.html" -Raw
                $html.Contains('&quot;Prompt&quot;:&quot;Not this.&quot;') | Should -Be $page.HasRow -Because $page.Name
            }
        }
        Stop-TokaifyEmulator
    }
}
