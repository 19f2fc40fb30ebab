BeforeDiscovery {
    . "$PSScriptRoot/OtherPrograms.ps1"
    $browser = Find-Browser
    $driver = if ($browser) {
        Install-NodeProgram browser -From tests/browser
    }
    else {
        Write-Information -InformationAction Continue `
            'No browser of the Chromium family is installed: the reports are not looked at in one.'
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/OtherPrograms.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'A report in a browser' -Skip:(-not $driver) -ForEach @{ Browser = $browser; Driver = $driver } {
    BeforeAll {
        $Cafe = "Caf$([char] 0xE9).png"
        $Odd = "100% & #1 'odd'.png"
        $Markup = '<script>window.ran = 1</script><img src="x" onerror="window.ran = 1">'
        $folder = Initialize-Folder
        $photos = (New-Item -ItemType Directory -Path "$folder/photos").FullName
        $cat = Copy-Picture -Name cat.png -To $photos
        foreach ($name in $Cafe, $Odd, 'moved.png') {
            $null = Copy-Picture -Name plain.png -To $photos -As $name
        }
        $null = Copy-Picture -Name plain.heic -To $photos -As photo.heic

        $null = Start-TokaifyEmulator
        $results = @(
            Get-ChildItem -LiteralPath $photos | Sort-Object Name |
                Invoke-TokaifyImageEdit 'Make it evening.' -Destination "$folder/edited" -ThrottleLimit 1
            $cat | Invoke-TokaifyImageEdit 'A wide banner.' -Destination "$folder/banners"
            $cat | Invoke-TokaifyImageEdit 'Make it evening.' -Destination "$folder/edited" -SkipExisting
            $cat | Invoke-TokaifyImageEdit $Markup -Destination "$folder/markup"
            New-TokaifyImage 'A red fox.' -Destination "$folder/edited"
        )
        Stop-TokaifyEmulator
        $null = Start-TokaifyEmulator -Fault SeveralImages
        $results += $cat | Invoke-TokaifyImageEdit 'Two moods.' -Destination "$folder/moods" -IncludeText
        Stop-TokaifyEmulator
        $null = Start-TokaifyEmulator -Fault Safety
        $results += $cat | Invoke-TokaifyImageEdit 'Not this.' 2>&1
        Stop-TokaifyEmulator
        $results += [pscustomobject] @{ Status = 'failed'; SourcePath = "$photos/gone.png"; Prompt = 'x'; ErrorMessage = $Markup }

        $results | Export-TokaifyReport "$folder/report.html" -Title "</title>$Markup"
        # A file for each, because a browser does not wait for a file that it already has.
        1..150 | ForEach-Object {
            $many = @{ Name = 'plain.png'; To = $photos }
            [pscustomobject] @{
                Status     = 'Saved'
                SourcePath = (Copy-Picture @many -As "many-$_.png").FullName
                Path       = (Copy-Picture @many -As "many-$_-edited.png").FullName
            }
        } | Export-TokaifyReport "$folder/many.html"
        $results | Export-TokaifyReport "$folder/embedded.html" -Embed

        foreach ($name in 'Cat 10.png', 'cat 9.png', 'bear.png') {
            $null = Copy-Picture -Name plain.png -To $photos -As $name
        }
        $result = { param($Name, $Prompt, $Index) [pscustomobject] @{
                Status = 'Saved'; SourcePath = "$photos/$Name"; Path = $cat.FullName; Prompt = $Prompt; Index = $Index
            } }
        @(
            & $result 'Cat 10.png' 'Evening' 2
            & $result 'cat 9.png' 'Evening' 3
            & $result 'cat 9.png' 'Night' 1
            & $result 'Cat 10.png' 'Evening' 1
            & $result 'cat 9.png' 'Evening' 1
            & $result 'bear.png' 'Evening' 1
            & $result 'cat 9.png' 'Evening' 2
        ) | Export-TokaifyReport "$folder/variations.html"

        # 640 by 480 beside a wider, an equally wide and an almost equally wide image.
        $shapes = @{ wider = 1280, 480; same = 320, 240; nearly = 645, 480 }
        foreach ($name in $shapes.Keys) {
            $null = Copy-Picture -Name cat.png -To $photos -As "$name.png"
            $area = 'width="{0}" height="{1}"' -f $shapes[$name]
            Set-Content -LiteralPath "$photos/$name-edited.svg" -Value `
                "<svg xmlns=""http://www.w3.org/2000/svg"" $area><rect $area fill=""#2a6""/></svg>"
        }
        'wider', 'same', 'nearly' | ForEach-Object {
            [pscustomobject] @{ Status = 'Saved'; SourcePath = "$photos/$_.png"; Path = "$photos/$_-edited.svg" }
        } | Export-TokaifyReport "$folder/shapes.html"

        $shared = @{
            Status = 'Saved'; Prompt = 'Make it evening.'; Model = 'gemini-3-pro-image'; AspectRatio = '16:9'
            Cost = 0.134; Currency = 'USD'
        }
        @(
            foreach ($name in 'Cat 10.png', 'cat 9.png', 'bear.png') {
                [pscustomobject] ($shared + @{ SourcePath = "$photos/$name"; Path = $cat.FullName })
            }
            [pscustomobject] @{ Status = 'Failed'; SourcePath = "$photos/gone.png"; ErrorMessage = 'It is gone.' }
        ) | Export-TokaifyReport "$folder/shared.html"

        $hostile = @(
            '<style>body { display: none }</style><script>window.ran = 1</script><img src="x" onerror="window.ran = 1">'
            '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/refreshed"></iframe></li></ul></article>'
            '<iframe src="http://127.0.0.1:9/framed"></iframe><iframe srcdoc="<script>parent.ran = 1</script>"></iframe>'
            '<svg onload="window.ran = 1"><script>window.ran = 1</script></svg><base href="http://127.0.0.1:9/">'
            '<a href="https://www.example.com/search?q=red%20fox&amp;c=1" onclick="window.ran = 1">red <b>fox</b> &amp; hen</a>'
            '<a href="javascript:window.ran=1">script</a><a href=" &#74;avaScript:window.ran=1">hidden script</a>'
            '<a href="data:text/html,<script>window.ran=1</script>">data</a><a href="file:///etc/passwd">file</a>'
            '<a href="https://www.example.com/two">&lt;img src=x onerror="window.ran=1"&gt;</a>'
        ) -join "`n"
        $asked = @{ Status = 'Saved'; Prompt = 'A fox.'; RequestedAspectRatio = '16:9'; RequestedImageSize = '2K' }
        $image = [pscustomobject] @{ Path = $cat.FullName; Width = 640; Height = 480 }
        @(
            [pscustomobject] ($asked + @{
                    SourcePath = "$photos/bear.png"; Images = @($image); MatchesRequest = $false; SearchEntryPoint = $hostile
                    Sources = @(
                        [pscustomobject] @{
                            Title = 'Foxes & hens'; Uri = 'https://www.example.com/foxes'; ImageUri = 'https://www.example.com/fox.png'
                        }
                        [pscustomobject] @{ Title = '<img src=x onerror="window.ran=1">'; Uri = 'javascript:window.ran=1' }
                    )
                })
            [pscustomobject] ($asked + @{ SourcePath = "$photos/cat 9.png"; Images = @($image); MatchesRequest = $true })
            [pscustomobject] @{ Status = 'Failed'; SourcePath = "$photos/gone.png"; ErrorMessage = 'It is gone.' }
        ) | Export-TokaifyReport "$folder/sources.html"
        Remove-Item -LiteralPath "$folder/edited/moved-edited.png"

        $Seen = Invoke-NodeProgram $Driver 'report.mjs' $Browser, $folder
    }

    It 'compares before and after by dragging' {
        $Seen.mouse.failed | Should -BeNullOrEmpty
        $Seen.mouse.value | Should -BeIn 19, 20, 21
        $Seen.mouse.before | Should -BeLike 'inset(0* 80%* 0*)' -Because $Seen.mouse.before
        $Seen.mouse.picture | Should -BeTrue
    }

    It 'compares before and after by the keyboard, and shows where the keyboard is' {
        $Seen.keyboard.failed | Should -BeNullOrEmpty
        $Seen.keyboard.reached | Should -Be 'slider'
        $Seen.keyboard.ring | Should -Be 'solid'
        $Seen.keyboard.right.value | Should -Be 52
        $Seen.keyboard.right.words | Should -BeExactly '52 % before, 48 % after'
        $Seen.keyboard.end.value | Should -Be 100
        $Seen.keyboard.home.words | Should -BeExactly '0 % before, 100 % after'
    }

    It 'compares before and after by touch, which still scrolls up and down' {
        $Seen.touch.failed | Should -BeNullOrEmpty
        $Seen.touch.dragged.value | Should -BeIn 74, 75, 76
        $Seen.touch.tapped.value | Should -BeIn 29, 30, 31
        $Seen.touch.scrolled | Should -BeTrue
        $Seen.touch.afterScroll.value | Should -Be $Seen.touch.tapped.value
    }

    It 'filters by text, in any order, case and accents aside' {
        $Seen.filter.failed | Should -BeNullOrEmpty
        $Seen.filter.all.names | Should -HaveCount 12
        $Seen.filter.all.count | Should -BeExactly '12 edits'
        $Seen.filter.words.names | Should -Be @('cat.png')
        $Seen.filter.words.count | Should -BeExactly '1 of 12 edits'
        $Seen.filter.accents | Should -Be @($Cafe)
    }

    It 'filters by outcome' {
        $Seen.filter.outcomes.Saved.count | Should -BeExactly '9 of 12 edits'
        $Seen.filter.outcomes.Skipped.names | Should -Be @('cat.png')
        $Seen.filter.outcomes.Failed.names | Should -Be @('cat.png', 'gone.png')
    }

    It 'says when nothing matches, and shows all again' {
        $Seen.filter.nothing.names | Should -BeNullOrEmpty
        $Seen.filter.nothing.count | Should -BeExactly '0 of 12 edits'
        $Seen.filter.nothing.words | Should -BeTrue
        $Seen.filter.cleared | Should -Be 12
    }

    It 'shows the number of each variation, also of the first if there are others' {
        $Seen.variations.failed | Should -BeNullOrEmpty
        $Seen.variations.finished | Should -Be @(
            'Cat 10.png variation 1', 'Cat 10.png variation 2',
            'cat 9.png variation 1', 'cat 9.png variation 2', 'cat 9.png variation 3', 'cat 9.png', 'bear.png'
        )
        $Seen.variations.labels | Should -Contain 'Enlarge cat 9.png, variation 1'
        $Seen.variations.labels | Should -Contain 'Before and after: Cat 10.png, variation 2'
        $Seen.variations.found | Should -Be @('cat 9.png variation 1', 'cat 9.png variation 2', 'cat 9.png variation 3')
        $Seen.variations.groupsFound | Should -Be 1
    }

    It 'shows the variations of an image side by side and in order, under one "before"' {
        $groups = $Seen.variations.groups
        $groups.from | Should -Be @('Cat 10.png', 'cat 9.png')
        $groups.label | Should -Be @('Variations of Cat 10.png', 'Variations of cat 9.png')
        $groups.befores | Should -Be @(1, 1)
        $groups.prompts | Should -Be @(1, 1)
        $groups.sliders | Should -Be @(0, 0)
        $groups[1].cards | Should -Be @('cat 9.png variation 1', 'cat 9.png variation 2', 'cat 9.png variation 3')
        $groups[1].tops | Select-Object -Unique | Should -HaveCount 1
        $groups[1].lefts | Should -Be ($groups[1].lefts | Sort-Object -Unique)
        # Enlarged, each is compared with it.
        $Seen.variations.compared | Should -Be @($true, $true)
    }

    It 'fits before and after of different shapes into one box, and says so' {
        $Seen.shapes.failed | Should -BeNullOrEmpty
        foreach ($shape in $Seen.shapes.wider, $Seen.shapes.viewer) {
            [Math]::Abs($shape.before.height - $shape.after.height) | Should -BeLessThan 1
            [Math]::Abs($shape.before.width * 2 - $shape.after.width) | Should -BeLessThan 2
            $middle = ($shape.before.left + $shape.before.width / 2) - ($shape.after.left + $shape.after.width / 2)
            [Math]::Abs($middle) | Should -BeLessThan 1
            $shape.words | Should -BeExactly "Other shape: 640 $([char]0xD7) 480 and 1280 $([char]0xD7) 480, fitted into one box"
        }
    }

    It 'overlays before and after of the same or nearly the same shape' {
        foreach ($shape in $Seen.shapes.same, $Seen.shapes.nearly) {
            foreach ($side in 'left', 'top', 'width', 'height') {
                [Math]::Abs($shape.before.$side - $shape.after.$side) | Should -BeLessThan 0.6 -Because $side
            }
            $shape.words | Should -BeNullOrEmpty
        }
    }

    It 'shows facts that are equal for all once at the top, and other facts on the cards' {
        $Seen.shared.failed | Should -BeNullOrEmpty
        $Seen.shared.same.top.Prompt | Should -BeExactly 'Make it evening.'
        $Seen.shared.same.top.Model | Should -BeExactly 'gemini-3-pro-image'
        $Seen.shared.same.top.Ratio | Should -BeExactly '16:9'
        $Seen.shared.same.cards | Should -Be 4
        $Seen.shared.same.prompts | Should -Be 0
        $Seen.shared.same.models | Should -Be 0
        $Seen.shared.same.costs | Should -Be 3
        $Seen.shared.viewer | Should -BeTrue
        $Seen.shared.mixed.top.Prompt | Should -BeNullOrEmpty
        $Seen.shared.mixed.prompts | Should -BeGreaterThan 5
    }

    It 'shows the sources of a search, and only the links of its HTML' {
        $Seen.sources.failed | Should -BeNullOrEmpty
        $links = $Seen.sources.links
        $links.role | Should -Be @('Sources', 'Searches')
        $links.guarded | Should -Be @($true, $true)
        $links[0].texts | Should -Be @('Foxes & hens', 'Image: Foxes & hens', '<img src=x onerror="window.ran=1">')
        $links[0].addresses | Should -Be @('https://www.example.com/foxes', 'https://www.example.com/fox.png')
        $links[1].texts | Should -Be @(
            'red fox & hen', 'script', 'hidden script', 'data', 'file', '<img src=x onerror="window.ran=1">'
        )
        $links[1].addresses | Should -Be @('https://www.example.com/search?q=red%20fox&c=1', 'https://www.example.com/two')
        $Seen.sources.foreign | Should -Be 0
        $Seen.sources.ran | Should -BeExactly 'undefined'
        $Seen.sources.stayed | Should -BeTrue
        $Seen.sources.viewed | Should -Be 4
    }

    It 'filters by images that do not match the request' {
        $Seen.sources.mismatches.names | Should -Be @('bear.png')
        $Seen.sources.mismatches.count | Should -BeExactly '1 of 3 edits'
        $Seen.sources.saved | Should -Be @('bear.png', 'cat 9.png')
    }

    It 'sorts by name from the keyboard, the variations of an image together, and back' {
        $Seen.variations.control | Should -BeExactly 'Sort'
        $byName = @(
            'bear.png', 'cat 9.png variation 1', 'cat 9.png variation 2', 'cat 9.png variation 3', 'cat 9.png',
            'Cat 10.png variation 1', 'Cat 10.png variation 2'
        )
        $Seen.variations.byName | Should -Be $byName
        $Seen.variations.tabs | Should -Be $byName
        $Seen.variations.viewed | Should -Be $byName[0, 1]
        $Seen.variations.afterShowAll | Should -Be $byName
        $Seen.variations.back | Should -Be $Seen.variations.finished
    }

    It 'passes the checks of axe: <_>' -ForEach @(
        'light', 'dark', 'light viewer', 'dark viewer', 'narrow', 'light variations', 'dark variations',
        'light shared', 'dark shared', 'light shapes', 'dark shapes', 'light sources', 'dark sources'
    ) {
        $Seen.accessibility.failed | Should -BeNullOrEmpty
        $Seen.accessibility.$_.violations | Should -BeNullOrEmpty
        $Seen.accessibility.$_.textsWithEnoughContrast | Should -BeGreaterThan 5
    }

    It 'is dark if the system is dark or the user chooses it' {
        $Seen.accessibility.'light ground' | Should -Not -Be $Seen.accessibility.'dark ground'
        $Seen.theme.before.ground | Should -Be $Seen.accessibility.'light ground'
        $Seen.theme.before.pressed | Should -Be 'false'
        $Seen.theme.after.ground | Should -Be $Seen.accessibility.'dark ground'
        $Seen.theme.after.pressed | Should -Be 'true'
        $Seen.theme.reloaded | Should -Be $Seen.accessibility.'dark ground'
    }

    It 'enlarges an edit, goes to the next one in the filter, and returns to it' {
        $Seen.viewer.failed | Should -BeNullOrEmpty
        $Seen.viewer.opened.place | Should -BeExactly '1 of 9'
        $Seen.viewer.opened.modal | Should -BeTrue
        $Seen.viewer.next.place | Should -BeExactly '2 of 9'
        $Seen.viewer.compared | Should -BeExactly '0 % before, 100 % after'
        $Seen.viewer.isOpen | Should -BeFalse
        $Seen.viewer.focused | Should -BeExactly "Enlarge $($Seen.viewer.next.name)"
    }

    It 'shows each of several images' {
        $Seen.pictures.failed | Should -BeNullOrEmpty
        $Seen.pictures.first | Should -Be 'moods/cat-edited.png'
        $Seen.pictures.second | Should -Be 'moods/cat-edited-2.png'
    }

    It 'finds images with any characters in their names' {
        $Seen.pictures.odd | Should -BeTrue
    }

    It 'shows text for images that cannot be shown' {
        $Seen.pictures.movedHasSlider | Should -BeFalse
        $Seen.pictures.heic | Should -BeLike 'photo.heic*Browsers do not show HEIC.*'
        $Seen.pictures.heicHasSlider | Should -BeFalse
    }

    It 'shows markup as text' {
        $Seen.markup.failed | Should -BeNullOrEmpty
        $Seen.markup.ran | Should -BeFalse
        $Seen.markup.title | Should -BeExactly "</title>$Markup"
        $Seen.markup.scripts | Should -Be 1
        $Seen.markup.handlers | Should -Be 0
        $Seen.markup.foreign | Should -Be 0
        $Seen.markup.prompts | Should -Contain $Markup
        $Seen.markup.errors | Should -Contain $Markup
    }

    It 'runs only its own script, and sends no network requests' {
        $Seen.policy.failed | Should -BeNullOrEmpty
        $Seen.policy.injected | Should -BeFalse
        $Seen.policy.answer | Should -BeExactly 'refused'
        $Seen.policy.broken | Should -Contain 'script-src-elem'
        $Seen.policy.broken | Should -Contain 'script-src-attr'
        $Seen.policy.broken | Should -Contain 'connect-src'
        $Seen.requests | Should -BeNullOrEmpty
    }

    It 'causes no browser error except for the moved image' {
        $Seen.complaints | Where-Object { $_ -notlike '*ERR_FILE_NOT_FOUND*' } | Should -BeNullOrEmpty
    }

    It 'fits a window of 360 pixels' {
        $Seen.narrow.closed | Should -BeLessOrEqual 360
        $Seen.narrow.viewer | Should -BeLessOrEqual 360
        $Seen.narrow.variations | Should -BeLessOrEqual 360
        $Seen.narrow.sources | Should -BeLessOrEqual 360
    }

    It 'loads only the images that come into view' {
        $Seen.many.all | Should -Be 300
        $Seen.many.loaded | Should -BeGreaterThan 0
        $Seen.many.loaded | Should -BeLessThan 100
    }

    It 'shows embedded images' {
        $Seen.embedded.shown | Should -BeTrue
        $Seen.embedded.source | Should -BeExactly 'data:image/png;base64,'
    }

    It 'has no animation if the user prefers reduced motion' {
        $Seen.motion.usual | Should -Not -Be $Seen.motion.reduced
        $Seen.motion.reduced | Should -Be '0s'
    }
}
