BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Report.ps1"
    Clear-Session
    $Pages = @(
        @{ Title = 'Foxes & hens'; Uri = 'https://example.org/foxes?a=1&b="2"' }
        @{ Title = 'A <b>picture</b>'; Uri = 'http://example.org/'; ImageUri = 'https://example.org/fox.png' }
        @{ Uri = 'https://example.org/untitled' }
        @{ Title = 'Run me'; Uri = 'javascript:alert(1)' }
        @{ Title = 'Read me'; Uri = 'file:///etc/passwd'; ImageUri = '\\host.example\share\fox.png' }
        @{ Title = 'Nowhere' }
    ) | ForEach-Object { [pscustomobject] $_ }
}

AfterAll {
    Restore-Session
}

Describe 'The sources of a search in a report' {
    It 'are links to the web, and text if they lead elsewhere' {
        $page = ConvertTo-Result @{ Sources = $Pages } | Get-Page

        (Get-Card $page).Links | Should -Be @(
            'https://example.org/foxes?a=1&amp;b=%222%22', 'http://example.org/', 'https://example.org/fox.png'
            'https://example.org/untitled'
        )
        [regex]::Matches($page, '<a [^>]*href="http[^>]*>').Value |
            Should -BeLike '*target="_blank" rel="noopener noreferrer"*'
        $page | Should -Match '<li dir="auto">Run me</li>'
        $page | Should -Match '<li dir="auto">Image: Read me</li>'
        $page | Should -Match '>Foxes &amp; hens</a>'
        $page | Should -Match '>Image: A &lt;b&gt;picture&lt;/b&gt;</a>'
        $page | Should -Not -Match 'javascript:'
    }

    It 'are there after <_>' -ForEach 'ConvertTo-Json', 'Export-Clixml', 'a journal' {
        $file = "$(Initialize-Folder)/result.xml"
        $line = @{ outcome = 'saved'; sourcePath = $null; images = @(); searchEntryPoint = '<a href="https://example.org/q">fox</a>' }
        $line.sources = @(@{ title = 'Foxes'; uri = 'https://example.org/foxes'; imageUri = $null })
        $result = ConvertTo-Result @{ Sources = $Pages[0]; SearchEntryPoint = $line.searchEntryPoint }
        $back = switch ($_) {
            'ConvertTo-Json' { $result | ConvertTo-Json -Depth 4 | ConvertFrom-Json }
            'Export-Clixml' { $result | Export-Clixml $file; Import-Clixml $file }
            'a journal' { $line | ConvertTo-Json -Depth 4 | ConvertFrom-Json }
        }

        $links = (Get-Card ($back | Get-Page)).Links

        $links | Should -HaveCount 2
        $links[0] | Should -BeLike 'https://example.org/foxes*'
        $links[1] | Should -BeExactly 'https://example.org/q'
    }

    It 'are only the links of the search''s HTML: <Html>' -ForEach @(
        @{
            Html = '<style>a{color:red}</style><div><a href="https://g.example/?q=red%20fox&amp;c=1">red <b>fox</b> &amp; hen</a>'
            Text = 'red fox &amp; hen'; Links = 'https://g.example/?q=red%20fox&amp;c=1'
        }
        @{
            Html = '<A HREF=https://g.example/a>one<A href=''https://g.example/b''>two'; Text = 'one', 'two'
            Links = 'https://g.example/a', 'https://g.example/b'
        }
        @{
            Html = '<script>"<a href=https://g.example/no>no</a>"</script><!-- <a href="x">no</a> --><a href="https://g.example/">yes</a>'
            Text = 'yes'; Links = 'https://g.example/'
        }
        @{ Html = '<a href="java&#115;cript:alert(1)">script</a>'; Text = 'script'; Links = @() }
        @{ Html = '<a title="> href=" href="https://g.example/">&lt;script&gt;</a>'; Text = '&lt;script&gt;'; Links = 'https://g.example/' }
        @{ Html = '<a href="https://g.example/"'; Text = @(); Links = @() }
        @{ Html = 'a < b <a href="https://g.example/"><img src="x"></a><script'; Text = @(); Links = @() }
        @{ Html = '<a href="https://g.example/">unclosed<script src="'; Text = 'unclosed'; Links = 'https://g.example/' }
    ) {
        $page = ConvertTo-Result @{ SearchEntryPoint = $Html } | Get-Page

        @((Get-Card $page).Links) | Should -Be @($Links)
        $words = [regex]::Matches($page, '<li dir="auto">(?:<a [^>]*>)?(.*?)(?:</a>)?</li>') | ForEach-Object { $_.Groups[1].Value }
        @($words) | Should -Be @($Text)
    }

    It 'are read in linear time for any nesting of the HTML' {
        $html = '<a <!--' * 200000
        $watch = [Diagnostics.Stopwatch]::StartNew()

        $null = ConvertTo-Result @{ SearchEntryPoint = $html } | Get-Page

        # In proportion to its length it takes a part of a second; by the square of that, hours.
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 20
    }

    It 'are not mentioned if there are none' {
        ConvertTo-Result | Get-Page | Should -Not -Match '<h3>'
    }
}

Describe 'Images that do not match the request' {
    BeforeAll {
        $asked = @{ RequestedAspectRatio = '16:9'; RequestedImageSize = '2K' }
        $image = [pscustomobject] @{ Path = "$TestDrive/a.png"; Width = 1024; Height = 1000 }
    }

    It 'are marked and counted, with the requested values' {
        $page = @(
            ConvertTo-Result ($asked + @{ MatchesRequest = $false; Images = @($image) })
            ConvertTo-Result ($asked + @{ MatchesRequest = $true; Images = @($image) })
            ConvertTo-Result @{ MatchesRequest = $null; Images = @($image) }
        ) | Get-Page

        $cards = Get-Card $page
        $cards.IsMismatch | Should -Be @($true, $false, $false)
        $cards[0].Text | Should -Match 'Not as requested: 1024 . 1000 for 16:9, 2K\.'
        $page | Should -Match '<dt>Not as requested</dt><dd>1</dd>'
        $page | Should -Match 'value="mismatch"><span>Not as requested <b>1</b>'
    }

    It 'are not mentioned if all match' {
        ConvertTo-Result ($asked + @{ MatchesRequest = $true; Images = @($image) }) | Get-Page |
            Should -Not -Match 'Not as requested|value="mismatch"'
    }

    It 'are found in a journal as well, by the files' {
        $folder = Initialize-Folder
        $photos = 'cat.png', 'plain.png' | ForEach-Object { Copy-Picture -Name $_ -To $folder }
        $null = Start-TokaifyEmulator
        $null = $photos | Invoke-TokaifyImageEdit 'A banner.' -AspectRatio 16:9 -JournalPath "$folder/edits.jsonl" -ThrottleLimit 1
        Stop-TokaifyEmulator
        Remove-Item -LiteralPath "$folder/plain-edited.png"
        $null = Copy-Picture -Name cat.png -To $folder -As plain-edited.png

        $cards = Get-Content "$folder/edits.jsonl" | ConvertFrom-Json | Get-Page -Folder $folder | ForEach-Object { Get-Card $_ }

        $cards.IsMismatch | Should -Be @($false, $true)
        $cards[1].Text | Should -Match 'Not as requested: 640 . 480 for 16:9\.'
    }

    # Only on Unix is a path that begins like a share a file of this machine.
    It 'are not opened if a journal says that they are on another machine' -Skip:(-not ($IsLinux -or $IsMacOS)) {
        $cat = Copy-Picture -Name cat.png -To (Initialize-Folder)
        $line = @{
            outcome = 'saved'; model = 'gemini-2.5-flash-image'
            options = @{ generationConfig = @{ imageConfig = @{ aspectRatio = '16:9' } } }
        }
        $lines = foreach ($path in $cat.FullName, "/$($cat.FullName)") {
            $line + @{ images = @(@{ path = $path }) } | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        }

        (Get-Card ($lines | Get-Page)).IsMismatch | Should -Be @($true, $false)
    }
}
