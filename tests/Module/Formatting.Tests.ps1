BeforeDiscovery {
    . "$PSScriptRoot/Terminal.ps1"
    $python = Find-TerminalPython
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Terminal.ps1"
    Clear-Session
    $culture = [cultureinfo]::CurrentCulture
    [cultureinfo]::CurrentCulture = 'en-US'

    # The views show figures of existing images. Their paths are short, so that the lists are the same everywhere.
    $null = Get-TokaifyModel # Loads the assembly that the types are in.
    $workingFolder = [Environment]::CurrentDirectory
    [Environment]::CurrentDirectory = $Samples
    $cat = [Tokaify.SavedImage]::Inspect('cat.png')
    $lighthouse = [Tokaify.SavedImage]::Inspect('lighthouse.jpg')
    [Environment]::CurrentDirectory = $workingFolder

    $usage = [Tokaify.UsageMetadata] @{ PromptTokenCount = 260; CandidatesTokenCount = 1290; TotalTokenCount = 1550 }
    $common = @{
        Cost         = 0.078
        Currency     = 'USD'
        Prompt       = 'Sunset'
        Model        = 'gemini-2.5-flash-image'
        Usage        = $usage
        FinishReason = 'STOP'
        Attempts     = 1
        ResponseId   = 'abc'
    }
    $results = @(
        [Tokaify.ImageEditResult] ($common + @{
                SourcePath = '/photos/cat.png'
                Images     = [Tokaify.SavedImage[]] $cat
                Duration   = [timespan]::FromSeconds(6.84)
            })
        [Tokaify.ImageEditResult] ($common + @{
                SourcePath = '/photos/a lighthouse before dusk in Brittany.jpg'
                Images     = [Tokaify.SavedImage[]] ($lighthouse, $cat)
                Duration   = [timespan]::FromSeconds(75)
            })
        [Tokaify.ImageEditResult] @{
            SourcePath = '/photos/cat.png'
            Images     = [Tokaify.SavedImage[]] $cat
            Status     = 'Skipped'
        }
    )

    # Returns the lines of a view, without trailing spaces and without empty lines around them.
    function Get-View {
        param([Parameter(Mandatory)] $Formatted, [int] $Width)

        $lines = ($Formatted | Out-String -Width $Width) -split '\r?\n' | ForEach-Object TrimEnd
        ($lines -join "`n").Trim("`n") -replace [char] 0xD7, 'x' -replace [char] 0x2026, '~'
    }

    function ConvertTo-Text {
        param([Parameter(ValueFromPipeline)] [string] $HereString)

        process {
            $HereString -replace '\r'
        }
    }
}

AfterAll {
    [cultureinfo]::CurrentCulture = $culture
    Restore-Session
}

# Its contexts are skipped in Windows PowerShell, which cuts with three dots, and keeps the last column of a line free.
Describe 'A view' {
    Context 'of results' -Skip:($PSEdition -ne 'Core') {
        It 'is a table of 80 columns, where long names go on in the next line' {
            Get-View $results -Width 80 | Should -BeExactly (@'
       Size Tokens Seconds Source                     SavedAs
       ---- ------ ------- ------                     -------
    640x480   1550     6.8 cat.png                    cat.png
    640x480   1550    75.0 a lighthouse before dusk   lighthouse.jpg, cat.png
                           in Brittany.jpg
    640x480        Skipped cat.png                    cat.png
'@ | ConvertTo-Text)
        }

        It 'is a table of <_> columns, whose names have all the width' -ForEach 120, 140, 200 {
            $half = [Math]::Floor(($_ - 28) / 2)
            $lines = (Get-View $results -Width $_) -split '\n'

            $lines | Should -HaveCount 5
            $lines[0] | Should -BeExactly ('       Size Tokens Seconds {0} SavedAs' -f 'Source'.PadRight($half))
            $long = 'a lighthouse before dusk in Brittany.jpg'.PadRight($half)
            $lines[3] | Should -BeExactly "    640x480   1550    75.0 $long lighthouse.jpg, cat.png"
        }

        It 'is a table that loses no letter of a name, at <_> columns' -ForEach 80, 140, 200 {
            $long = 'IMG_20261127_155813_HDR_of_the_harbour_at_low_tide_seen_from_the_old_tower_in_the_evening'
            $folder = Initialize-Folder
            $images = 1..3 | ForEach-Object {
                [Tokaify.SavedImage]::Inspect((Copy-Picture plain.png -To $folder -As "$long-edited-$_.png").FullName)
            }
            $result = [Tokaify.ImageEditResult] @{ SourcePath = "/in/$long.jpg"; Images = [Tokaify.SavedImage[]] $images }

            $rows = (Get-View $result -Width $_) -split '\n' | Select-Object -Skip 2

            $start = 28 + [Math]::Floor(($_ - 28) / 2)
            ($rows | ForEach-Object { $_.PadRight($start).Substring(27, $start - 28).Trim() }) -join '' | Should -BeExactly "$long.jpg"
            $saved = ($rows | ForEach-Object { $_.PadRight($start).Substring($start) }) -join '' -replace ' '
            $saved | Should -BeExactly "$long-edited-1.png,$long-edited-2.png,$long-edited-3.png"
        }

        It 'is a list of <_> columns' -ForEach 80, 120 {
            Get-View ($results[1] | Format-List) -Width $_ | Should -BeExactly (@'
Status       : Saved
SourcePath   : /photos/a lighthouse before dusk in Brittany.jpg
Images       : lighthouse.jpg (640x480 pixels, 26,339 bytes)
               cat.png (640x480 pixels, 42,941 bytes)
Prompt       : Sunset
Text         :
Model        : gemini-2.5-flash-image
ModelVersion :
AspectRatio  :
FinishReason : STOP
Usage        : 1550 tokens: 260 prompt, 1290 candidates, 0 thoughts
Cost         : 0.078 USD
Duration     : 75.0 s
Attempts     : 1
Requests     : {}
ResponseId   : abc
'@ | ConvertTo-Text)
        }

        It 'is wide' {
            Get-View ($results | Format-Wide -Column 2) -Width 80 | Should -BeExactly (@'
cat.png                                  lighthouse.jpg, cat.png
cat.png
'@ | ConvertTo-Text)
            Get-View ($results | Format-Wide -Column 2) -Width 120 | Should -BeExactly (@'
cat.png                                                      lighthouse.jpg, cat.png
cat.png
'@ | ConvertTo-Text)
        }
    }

    Context 'of saved images' -Skip:($PSEdition -ne 'Core') {
        It 'is a table of <_> columns' -ForEach 80, 120 {
            Get-View $results[1].Images -Width $_ | Should -BeExactly (@'
MimeType          Size        Bytes Name
--------          ----        ----- ----
image/jpeg     640x480       26,339 lighthouse.jpg
image/png      640x480       42,941 cat.png
'@ | ConvertTo-Text)
        }

        It 'is a list of <_> columns' -ForEach 80, 120 {
            Get-View ($cat | Format-List) -Width $_ | Should -BeExactly (@'
Path     : cat.png
MimeType : image/png
Size     : 640x480 pixels
Length   : 42,941 bytes
'@ | ConvertTo-Text)
        }

        It 'is wide' {
            Get-View ($results[1].Images | Format-Wide -Column 2) -Width 80 |
                Should -BeExactly 'lighthouse.jpg                           cat.png'
        }
    }

    Context 'of models' -Skip:($PSEdition -ne 'Core') {
        It 'is a table of 80 columns, a line for each' {
            (Get-View (Get-TokaifyModel) -Width 80) -replace [char] 0x2265, '>' | Should -BeExactly (@'
Name                           State   Retires     Price
----                           -----   -------     -----
gemini-2.5-flash-image         default >2026-10-02 USD 0.039, list price
gemini-3.1-flash-image                             USD 0.045-0.151, list price
gemini-3.1-flash-image-preview         2026-06-25  USD 0.045-0.151, list price
gemini-3-pro-image                                 USD 0.134-0.24, list price
gemini-3-pro-image-preview             2026-06-25  USD 0.134-0.24, list price
gemini-nano-banana-2.1                             USD 0.0336-0.113, list price
'@ | ConvertTo-Text)
        }

        It 'is a list of 80 columns' {
            Get-View (Get-TokaifyModel gemini-2.5-flash-image | Format-List) -Width 80 | Should -BeExactly (@'
Name           : gemini-2.5-flash-image
DisplayName    : Gemini 2.5 Flash Image
Description    : Image editing through multimodal input. The default.
AspectRatios   : 1:1 3:2 2:3 3:4 4:3 4:5 5:4 9:16 16:9 21:9
ImageSizes     :
InputMimeTypes : image/png image/jpeg image/webp image/heic image/heif
MaxInputImages : 3
ThinkingLevels :
Price          : 0.039 USD (list price, 2026-10)
RetiresOn      : 2026-10-02 at the earliest
Replacement    : gemini-3.1-flash-image
IsDefault      : True
Available      :
'@ | ConvertTo-Text)
        }

        It 'is wide' {
            Get-View (Get-TokaifyModel *flash-image | Format-Wide -Column 2) -Width 80 |
                Should -BeExactly 'gemini-2.5-flash-image                   gemini-3.1-flash-image'
        }
    }

    Context 'of the session and of conversations' -Skip:($PSEdition -ne 'Core') {
        It 'is a list of the context, or a table' {
            Connect-Tokaify -ApiKey (ConvertTo-Secret 'a-key-that-ends-with-wxyz') -BaseUri 'https://relay.example/'
            $context = Get-TokaifyContext

            Get-View $context -Width 80 | Should -BeExactly (@'
BaseUri                        : https://relay.example/
ApiKey                         : ****wxyz
Model                          : gemini-2.5-flash-image
Proxy                          :
AllowUnencryptedAuthentication : False
'@ | ConvertTo-Text)
            Get-View ($context | Format-Table) -Width 80 | Should -BeExactly (@'
ApiKey   Model                          BaseUri              Proxy
------   -----                          -------              -----
****wxyz gemini-2.5-flash-image         https://relay.exampl
                                        e/
'@ | ConvertTo-Text)
            Get-View ($context | Format-Wide) -Width 80 | Should -BeExactly 'https://relay.example/'
        }

        It 'is a table of a conversation, a list, or wide' {
            $conversation = New-TokaifyConversation -Model gemini-2.5-flash-image -SystemInstruction 'Be brief.'

            Get-View $conversation -Width 80 | Should -BeExactly (@'
Model                          Turns Picture               SystemInstruction
-----                          ----- -------               -----------------
gemini-2.5-flash-image             0                       Be brief.
'@ | ConvertTo-Text)
            Get-View ($conversation | Format-List) -Width 120 | Should -BeExactly (@'
Model             : gemini-2.5-flash-image
SystemInstruction : Be brief.
Turns             : 0
Picture           :
'@ | ConvertTo-Text)
            Get-View ($conversation | Format-Wide) -Width 80 | Should -BeExactly 'gemini-2.5-flash-image (0 turns)'
        }
    }
}

Describe 'A result elsewhere' {
    It 'is JSON that reads back, at the usual depth; several together at -Depth 3' {
        $json = $results | ForEach-Object { $_ | ConvertTo-Json -WarningVariable +cut }
        $back = $json | ForEach-Object { $_ | ConvertFrom-Json }

        $cut | Should -BeNullOrEmpty
        $back[1].Images.Path | Should -Be 'lighthouse.jpg', 'cat.png'
        $back[1].Images[0].Width | Should -Be 640
        $back[1].Usage.TotalTokenCount | Should -Be 1550
        $back[1].Duration.TotalSeconds | Should -Be 75
        $back[1].SourcePath | Should -Be $results[1].SourcePath
        $json | Should -Not -Match 'Tokaify\.'
        ($results | ConvertTo-Json -Depth 3 -WarningAction Stop | ConvertFrom-Json)[1].Images[1].Length | Should -Be 42941
    }

    # Windows PowerShell has no -EnumsAsStrings.
    It 'is JSON with the status by name if names are requested' -Skip:($PSEdition -ne 'Core') {
        ($results | ConvertTo-Json -Depth 3 -EnumsAsStrings | ConvertFrom-Json).Status | Should -Be 'Saved', 'Saved', 'Skipped'
    }

    It 'is a row of CSV in which each cell has a readable value' {
        $file = "$(Initialize-Folder)/results.csv"
        $results | Export-Csv -LiteralPath $file -NoTypeInformation
        $rows = Import-Csv -LiteralPath $file

        $rows | Should -HaveCount 3
        $rows[1].Images | Should -Be 'lighthouse.jpg; cat.png'
        $rows[1].Path | Should -Be 'lighthouse.jpg'
        $rows[1].Usage | Should -Be '1550'
        [timespan] $rows[1].Duration | Should -Be ([timespan] '00:01:15')
        $rows.Status | Should -Be 'Saved', 'Saved', 'Skipped'
        $rows.PSObject.Properties.Value -match 'System\.|Tokaify\.|\[\]' | Should -BeNullOrEmpty
    }

    It 'has as many images as it was given, and an empty text if there are none' {
        $none = [Tokaify.ImageEditResult] @{ SourcePath = 'a.png' }

        "$($none.Images)" | Should -Be ''
        $none.Path | Should -BeNullOrEmpty
        ($none | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv).Images | Should -Be ''
    }
}

Describe 'A result in a terminal' -Skip:(-not $python) {
    BeforeAll {
        $folder = Initialize-Folder
        $long = 'a picture whose name is as long as cameras and people make them, and longer'
        $script = @"
Start-TokaifyEmulator 6> `$null
`$short = '$Pictures/plain.png' | Invoke-TokaifyImageEdit 'Sunset' -Destination '$folder' -OutputName 'a #1 100% b' -Force
`$long = '$Pictures/plain.png' | Invoke-TokaifyImageEdit 'Sunset' -Destination '$folder' -OutputName '$long' -Force
'start'
`$short, `$long
'images'
`$short.Images + `$long.Images | Out-Host
'wide'
`$short, `$long | Format-Wide | Out-Host
`$short, `$long | Format-List | Out-Host
'end'
`$short, `$long | Out-File '$folder/file.txt'
Set-Content '$folder/string.txt' (`$short, `$long | Out-String)
`$PSStyle.OutputRendering = 'PlainText'
'plain'
`$short, `$long
'done'
"@
        $output = Get-TerminalOutput -Environment @{ TERM_PROGRAM = 'WezTerm' } -Script $script
        $link = '\x1b\]8;;([^\x1b]*)\x1b\\([^\x1b]*)\x1b\]8;;\x1b\\'

        # Visible lines, in which a character of several bytes counts as one.
        function Get-VisibleLine {
            param([string] $Text)

            $plain = $Text -replace '\x1b\]8;;[^\x1b]*\x1b\\' -replace '\x1b\[[\d;]*m'
            [Text.Encoding]::UTF8.GetString([Text.Encoding]::GetEncoding(28591).GetBytes($plain)) -split '\r\n' | ForEach-Object TrimEnd
        }
    }

    It 'links to the saved image, also for special characters in its name' {
        $table = Get-Between $output 'start' 'images'

        $links = [regex]::Matches($table, $link)
        $links.Count | Should -BeGreaterThan 2
        [uri]::new($links[0].Groups[1].Value).LocalPath | Should -Be (Join-Path $folder 'a #1 100% b.png')
        $links[0].Groups[1].Value | Should -MatchExactly 'a%20%231%20100%25%20b\.png$'
        $links[0].Groups[2].Value | Should -Be 'a #1 100% b.png'
        $links | Select-Object -Skip 1 | ForEach-Object { [uri]::new($_.Groups[1].Value).LocalPath } | Should -Exist
    }

    It 'has columns as wide as without links, and ends each line of a long name as a link of its own' {
        $lines = Get-VisibleLine (Get-Between $output 'start' 'images') | Where-Object { $_ }
        $linked = (Get-Between $output 'start' 'images') -split '\r\n' -match '\x1b\]8;;'

        $lines | ForEach-Object Length | Sort-Object -Unique | Select-Object -Last 1 | Should -BeLessOrEqual 79
        $lines[2] | Should -MatchExactly "^  1024$([char]0xD7)1024   \d{4} +\d\.\d plain\.png {18}a #1 100% b\.png$"
        $lines[3] | Should -MatchExactly "^  1024$([char]0xD7)1024   \d{4} +\d\.\d plain\.png {18}a picture whose name is$"
        ($lines[3..6] | ForEach-Object { $_.Substring(54) }) -join '' -replace ' ' | Should -Be ($long -replace ' ' -replace '$', '.png')
        $linked.Count | Should -BeGreaterThan 3
        $linked | Should -Match '\x1b\]8;;\x1b\\((?!\x1b\]8).)*$'
    }

    It 'links the saved images themselves, closing each link' {
        $table = Get-Between $output 'images' 'wide'

        [regex]::Matches($table, $link).Count | Should -BeGreaterOrEqual 2
        foreach ($line in $table -split '\r\n' -match '\x1b\]8;;') {
            $line | Should -Match '\x1b\]8;;\x1b\\((?!\x1b\]8).)*$'
        }
        Get-VisibleLine $table | ForEach-Object Length | Sort-Object | Select-Object -Last 1 | Should -BeLessOrEqual 80
    }

    It 'has no links in wide views and in lists, where they would be cut' {
        Get-Between $output 'wide' 'end' | Should -Not -Match '\x1b\]'
    }

    It 'breaks the lines of the models'' table between ratios, at any width' {
        foreach ($width in @{ Columns = 116; Last = '4:5 5:4 9:16 16:9 21:9' }, @{ Columns = 130; Last = '16:9 21:9' }) {
            $table = Get-TerminalOutput -Columns $width.Columns -Script '"start"; Get-TokaifyModel gemini-2.5-flash-image; "end"'
            $lines = Get-VisibleLine (Get-Between $table)

            $lines -match "(^| )$([regex]::Escape($width.Last))$" | Should -HaveCount 1
            $lines -match 'Ratios$' | Should -HaveCount 1
            ($lines -join ' ') -replace '.*list price', '' -replace '\s+', ' ' |
                Should -BeLike '* 1:1 3:2 2:3 3:4 4:3 4:5 5:4 9:16 16:9 21:9 '
        }
    }

    It 'counts the ratios if a column of them would be too narrow' {
        $table = Get-TerminalOutput -Columns 104 -Script '"start"; Get-TokaifyModel gemini-2.5-flash-image; "end"'

        (Get-VisibleLine (Get-Between $table)) -match 'list price +10$' | Should -HaveCount 1
    }

    It 'leaves no escape in files and strings' {
        $written = (Get-Content -LiteralPath "$folder/file.txt" -Raw) + (Get-Content -LiteralPath "$folder/string.txt" -Raw)

        $written | Should -Match '1024 .* a #1 100% b\.png'
        $written | Should -Not -Match '\x1b'
    }

    It 'has no escape if the user wants plain text' {
        Get-Between $output 'plain' 'done' | Should -Match 'a #1 100% b\.png'
        Get-Between $output 'plain' 'done' | Should -Not -Match '\x1b[^[]|\x1b\[\d'
    }

    It 'has no link if <Why>' -ForEach @(
        @{ Why = 'the terminal is unknown'; Environment = @{ TERM = 'xterm-256color' } }
        @{
            Why         = 'the terminal is on another machine'
            Environment = @{ TERM_PROGRAM = 'WezTerm'; SSH_CONNECTION = '10.0.0.1 1 10.0.0.2 22' }
        }
        @{
            Why         = 'an old tmux stands between'
            Environment = @{ TERM_PROGRAM = 'tmux'; TERM_PROGRAM_VERSION = '3.3a'; VTE_VERSION = '7000' }
        }
    ) {
        $shown = Get-TerminalOutput -Environment $Environment -Script `
            "`$null = Get-TokaifyModel; Get-Item '$Samples/cat.png' | ForEach-Object { [Tokaify.SavedImage]::Inspect(`$_.FullName) }"

        $shown | Should -Match 'image/png'
        $shown | Should -Not -Match '\x1b\]8'
    }

    It 'has a link if <Why>' -ForEach @(
        @{ Why = 'the terminal is one with VTE'; Environment = @{ VTE_VERSION = '7000' } }
        @{ Why = 'the terminal is kitty'; Environment = @{ TERM = 'xterm-kitty' } }
        @{ Why = 'tmux hands it on'; Environment = @{ TERM_PROGRAM = 'tmux'; TERM_PROGRAM_VERSION = '3.4' } }
    ) {
        $shown = Get-TerminalOutput -Environment $Environment -Script `
            "`$null = Get-TokaifyModel; Get-Item '$Samples/cat.png' | ForEach-Object { [Tokaify.SavedImage]::Inspect(`$_.FullName) }"

        $shown | Should -Match $link
    }
}

Describe 'A result without a terminal' {
    It 'has no link in output to a file' {
        $before = Set-TerminalEnvironment @{ TERM = 'xterm-kitty' }
        try {
            $shell = (Get-Process -Id $PID).Path
            $output = & $shell -NoProfile -Command `
                "Import-Module '$BuiltModule'; `$null = Get-TokaifyModel; [Tokaify.SavedImage]::Inspect('$Samples/cat.png')" |
                Out-String
        }
        finally {
            $null = Set-TerminalEnvironment $before
        }

        $output | Should -Match 'image/png'
        # PowerShell itself writes colours for the headers of all tables.
        $output -replace '\x1b\[[\d;]*m' | Should -Not -Match '\x1b\]'
    }
}

Describe 'The view file' {
    It 'is ASCII, which every PowerShell reads alike' {
        [IO.File]::ReadAllBytes("$Root/module/Tokaify.PowerShell.Format.ps1xml") | Where-Object { $_ -gt 127 } | Should -BeNullOrEmpty
    }
}
