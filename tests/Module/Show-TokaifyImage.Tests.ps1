BeforeDiscovery {
    . "$PSScriptRoot/Terminal.ps1"
    $python = Find-TerminalPython
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Terminal.ps1"
    Clear-Session

    # Returns the images in a terminal's input: their drawing parameters and their bytes.
    function Get-DrawnPicture {
        param([Parameter(Mandatory)] [string] $Text)

        $chunks = [regex]::Matches($Text, '\x1b_G(?<keys>[^;]*);(?<data>[A-Za-z0-9+/=]*)\x1b\\')
        $data = ''
        foreach ($chunk in $chunks) {
            $data += $chunk.Groups['data'].Value
            if ($chunk.Groups['keys'].Value -like '*a=T*') {
                $keys = $chunk.Groups['keys'].Value
            }
            if ($chunk.Groups['keys'].Value -match '\bm=0\b') {
                [pscustomobject]@{ Keys = $keys; Hash = Get-BytesHash $data }
                $data = ''
            }
        }
        foreach ($file in [regex]::Matches($Text, '\x1b\]1337;File=(?<keys>[^:]*):(?<data>[A-Za-z0-9+/=]*)\x07')) {
            [pscustomobject]@{ Keys = $file.Groups['keys'].Value; Hash = Get-BytesHash $file.Groups['data'].Value }
        }
    }

    function Get-BytesHash {
        param([string] $Data)

        $sha = [System.Security.Cryptography.SHA256]::Create()
        ([BitConverter]::ToString($sha.ComputeHash([Convert]::FromBase64String($Data))) -replace '-').ToLowerInvariant()
    }
}

AfterAll {
    Restore-Session
}

Describe 'Show-TokaifyImage in a terminal' -Skip:(-not $python) {
    Context 'that is kitty' {
        BeforeAll {
            $folder = Initialize-Folder
            $output = Get-TerminalOutput -Environment @{ TERM = 'xterm-kitty' } -Columns 100 -Rows 36 -Script @"
Start-TokaifyEmulator 6> `$null
`$result = Get-Item '$Samples/cat.png' | Invoke-TokaifyImageEdit 'Sunset' -Destination '$folder'
'start'
Show-TokaifyImage '$Samples/cat.png'
'end'
'from-result'
`$result | Show-TokaifyImage -Height 5
`$result | Show-TokaifyImage -Width 8 -PassThru | ForEach-Object { "passed `$(`$_.GetType().Name)" }
Get-Item '$Samples/cat.png' | Show-TokaifyImage -PassThru -Height 2 | ForEach-Object { "passed `$(`$_.Name)" }
`$result.Images | Show-TokaifyImage -Height 3
`$result | Export-Clixml '$folder/result.xml'
Import-Clixml '$folder/result.xml' | Show-TokaifyImage -Height 4
'from-names'
Show-TokaifyImage '$Samples/bottle*.png' -Height 6
Show-TokaifyImage -LiteralPath '$Samples/bottle [front].png' -Height 7
'other'
Show-TokaifyImage '$Samples/lighthouse.jpg'
'forced'
Show-TokaifyImage '$Samples/lighthouse.jpg' -Protocol iTerm2 -Height 5
"@
            $saved = Get-ChildItem -LiteralPath $folder -Filter *.png
        }

        It 'sends only the file''s bytes and their position' {
            $shown = Get-Between $output

            $picture = Get-DrawnPicture $shown
            $picture.Hash | Should -Be (Get-Sha256 "$Samples/cat.png")
            $cells = [regex]::Match($picture.Keys, '^a=T,f=100,q=2,C=1,r=(\d+),c=(\d+),m=1$').Groups
            $cells | Should -HaveCount 3
            $nothingElse = "^(\r\n){$([int] $cells[1].Value + 1)}\x1b7\x1b\[$($cells[1].Value)A\r(\x1b_G[^\x1b]*\x1b\\)+\x1b8$"
            $shown | Should -Match $nothingElse
        }

        It 'keeps the image''s shape and stays within the window' {
            $cells = [regex]::Match((Get-DrawnPicture (Get-Between $output)).Keys, 'r=(\d+),c=(\d+)').Groups
            $rows, $columns = [int] $cells[1].Value, [int] $cells[2].Value

            $rows | Should -BeLessThan 36
            $columns | Should -BeLessOrEqual 100
            [Math]::Abs($columns * 10 / ($rows * 20) - 640 / 480) | Should -BeLessThan 0.05
        }

        It 'draws the images of a result, live or from a file, by width or height' {
            $drawn = @(Get-DrawnPicture (Get-Between $output 'from-result' 'from-names'))

            $drawn | Should -HaveCount 5
            $drawn[0, 1, 3, 4].Hash | Sort-Object -Unique | Should -Be (Get-Sha256 $saved.FullName)
            $drawn.Keys -replace ',m=.*' -replace '.*C=1,' | Should -Be 'r=5,c=10', 'r=4,c=8', 'r=2,c=5', 'r=3,c=6', 'r=4,c=8'
        }

        It 'emits its input: results unchanged, and files' {
            [regex]::Matches($output, 'passed \S+').Value | Should -Be 'passed ImageEditResult', 'passed cat.png'
        }

        It 'takes wildcards in -Path, and none in -LiteralPath' {
            $drawn = @(Get-DrawnPicture (Get-Between $output 'from-names' 'other'))

            $drawn.Hash | Should -Be @((Get-Sha256 "$Samples/bottle [front].png"), (Get-Sha256 "$Samples/bottle [front].png"))
        }

        It 'warns if kitty does not support the format, and draws nothing' {
            $other = Get-Between $output 'other' 'forced'

            $other | Should -MatchExactly 'WARNING: .*lighthouse\.jpg'
            $other -replace '\s+' | Should -MatchExactly 'kittydrawsimage/png,andthisisimage/jpeg'
            Get-DrawnPicture $other | Should -BeNullOrEmpty
        }

        It 'uses the -Protocol' {
            $drawn = Get-DrawnPicture $output.Substring($output.IndexOf('forced'))

            $drawn.Hash | Should -Be (Get-Sha256 "$Samples/lighthouse.jpg")
            $drawn.Keys | Should -Match 'size=26339;width=\d+;height=5;inline=1$'
        }
    }

    It 'draws any format with iTerm2' {
        $output = Get-TerminalOutput -Environment @{ TERM_PROGRAM = 'iTerm.app' } -Script @"
Get-Item '$Samples/lighthouse.jpg', '$Samples/Caf* au lait.webp', '$Pictures/plain.heic', '$Pictures/plain.png' | Show-TokaifyImage
"@

        (Get-DrawnPicture $output).Hash | Should -Be @(
            Get-Item "$Samples/lighthouse.jpg", "$Samples/Caf* au lait.webp", "$Pictures/plain.heic", "$Pictures/plain.png" |
                ForEach-Object { Get-Sha256 $_.FullName })
    }

    It 'draws half-blocks if the terminal has no Sixel, does not respond, or is tmux: <Environment>' -ForEach @(
        @{ Environment = @{ TERM = 'xterm-256color' } }
        @{ Environment = @{ TERM = 'xterm-256color'; TERMINAL_ATTRIBUTES = 'none' } }
        @{ Environment = @{ WT_SESSION = 'a' } }
        @{ Environment = @{ TERM = 'tmux-256color'; TMUX = '/tmp/x,1,0' } }
    ) {
        $output = Get-TerminalOutput -Environment $Environment -Script @"
`$watch = [Diagnostics.Stopwatch]::StartNew()
'start'
Show-TokaifyImage '$Samples/cat.png' -Height 6
'end'
"took <`$(`$watch.ElapsedMilliseconds)>"
'next'
"@

        $shown = Get-Between $output
        $rows = [regex]::Matches($shown, '(\x1b\[[34]8;2;\d+;\d+;\d+m|\xE2\x96\x80)+\x1b\[0m\x1b\[1B\r')
        $rows | Should -HaveCount 6
        # A cell has one by two pixels of the image, whose aspect ratio is 4:3.
        [regex]::Matches($rows[3].Value, '\xE2\x96\x80') | Should -HaveCount 16
        $shown | Should -Not -Match 'WARNING'
        # The response is neither echoed by the terminal nor left for the next command.
        $shown -replace '\x1b\[c' | Should -Not -Match '\?1;0c|\^\['
        # A terminal that says nothing is waited for one second, and a busy machine needs some more to draw.
        [int] [regex]::Match($output, 'took <(\d+)>').Groups[1].Value | Should -BeLessThan 10000
    }

    It 'draws Sixel if the terminal reports it' {
        $escape = [char] 27
        $environment = @{ TERM = 'xterm-256color'; TERMINAL_ATTRIBUTES = "$escape[?62;4;22c" }
        $output = Get-TerminalOutput -Environment $environment -Script @"
'start'
Show-TokaifyImage '$Samples/cat.png' -Height 6
'end'
"@

        # Cells of 10 by 20 pixels, as set for the terminal.
        $shown = Get-Between $output
        $shown | Should -Match '\x1b7\x1b\[6A\r\x1bP0;1q"1;1;160;120#0;2;[^\x1b]+\x1b\\\x1b8'
        $shown | Should -Not -Match '\?62;4'
    }

    It 'sends no query if -Protocol is given, and uses it' {
        $output = Get-TerminalOutput -Environment @{ TERM = 'xterm-256color' } -Script @"
'start'
Show-TokaifyImage '$Samples/cat.png' -Height 2 -Protocol Blocks
'end'
"@

        Get-Between $output | Should -Match '\xE2\x96\x80'
        Get-Between $output | Should -Not -Match '\x1b\[c'
    }

    It 'reports in one line a file that is not a PNG, and a damaged PNG, and goes on' {
        $folder = Initialize-Folder
        $bytes = [IO.File]::ReadAllBytes("$Samples/cat.png")
        $bytes[2000] = $bytes[2000] -bxor 1
        [IO.File]::WriteAllBytes("$folder/damaged.png", $bytes)
        $output = Get-TerminalOutput -Environment @{ TERM = 'xterm-256color' } -Columns 300 -Script @"
'start'
Show-TokaifyImage '$Samples/lighthouse.jpg', '$folder/damaged.png', '$Samples/cat.png' -Height 2
'end'
"@

        $shown = Get-Between $output
        $viewer = [regex]::Escape("Invoke-Item opens a picture in the system's viewer.")
        $shown | Should -Match "WARNING: '[^']*lighthouse\.jpg' is not drawn: [^\r]*image/png[^\r]*image/jpeg\. $viewer"
        $shown | Should -Match "damaged\.png' cannot be drawn\. The PNG file is damaged"
        [regex]::Matches($shown, '\xE2\x96\x80+\x1b\[0m\x1b\[1B|\xE2\x96\x80\x1b\[0m\x1b\[1B') | Should -HaveCount 2
    }

    It 'draws nothing if the terminal shows only text, and warns once' {
        $output = Get-TerminalOutput -Environment @{ TERM = 'dumb' } -Script @"
Get-Item '$Samples/*.png' | Show-TokaifyImage -PassThru | ForEach-Object { "passed `$(`$_.Name)" }
"@

        [regex]::Matches($output, 'WARNING: No picture is drawn') | Should -HaveCount 1
        [regex]::Matches($output, 'passed ') | Should -HaveCount 2
    }

    It 'wraps for tmux if a protocol is given' {
        $output = Get-TerminalOutput -Environment @{ TERM = 'tmux-256color'; TMUX = '/tmp/x,1,0'; KITTY_WINDOW_ID = '1' } -Script @"

'start'
Show-TokaifyImage '$Pictures/plain.png' -Protocol Kitty
'end'
"@

        $escape = [string][char] 27
        $unwrapped = [regex]::Replace(
            (Get-Between $output),
            '\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\',
            { $args[0].Groups[1].Value.Replace($escape + $escape, $escape) })
        $unwrapped | Should -Not -Match 'tmux'
        (Get-DrawnPicture $unwrapped).Hash | Should -Be (Get-Sha256 "$Pictures/plain.png")
    }

    It 'draws nothing if the session is not interactive' {
        $output = Get-TerminalOutput -Environment @{ TERM = 'xterm-kitty' } -Switches '-NoProfile', '-NonInteractive' -Script @"
Show-TokaifyImage '$Samples/cat.png'
"@

        $output | Should -Match 'is not interactive'
        Get-DrawnPicture $output | Should -BeNullOrEmpty
    }
}

Describe 'Show-TokaifyImage without a terminal' {
    It 'warns, and writes no escape' {
        $before = Set-TerminalEnvironment @{ TERM = 'xterm-kitty' }
        try {
            $shell = (Get-Process -Id $PID).Path
            $output = & $shell -NoProfile -Command "Import-Module '$BuiltModule'; Show-TokaifyImage '$Samples/cat.png'; 'end'" | Out-String
        }
        finally {
            $null = Set-TerminalEnvironment $before
        }

        $output -replace '\s+', ' ' | Should -Match 'No picture is drawn: the output does not go to a terminal'
        $output -replace '\x1b\[[\d;]*m' -replace '\x1b\[\?1[hl]|\x1b[=>]' | Should -Not -Match '\x1b'
        $output | Should -Match 'end'
    }

    It 'is an error for a missing file, and for a file that is not an image' {
        $folder = Initialize-Folder
        Set-Content -LiteralPath "$folder/text.png" -Value 'No picture'

        "$folder/none.png", "$folder/text.png", "$folder/x*.png" |
            Show-TokaifyImage -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Get-ErrorId | Should -Be 'FileNotFound', 'UnsupportedImage', 'FileNotFound'
        [IO.Path]::GetFullPath($failures[0].TargetObject) | Should -Be (Join-Path $folder 'none.png')
    }

    It 'completes -Protocol' {
        (TabExpansion2 'Show-TokaifyImage a.png -Protocol ' -cursorColumn 34).CompletionMatches.CompletionText |
            Should -Be 'Auto', 'Blocks', 'ITerm2', 'Kitty', 'Sixel'
    }
}
