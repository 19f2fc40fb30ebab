BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $env:TOKAIFY_API_KEY = 'key'

    # Returns the aspect ratios of the requests, in order.
    function Get-SentRatio {
        param([Parameter(Mandatory)] $Relay)

        $Relay.Bodies | ForEach-Object { ($_ | ConvertFrom-Json).generationConfig.imageConfig.aspectRatio }
    }

    # A PNG's header with a width and a height, because only the header is read here.
    function Write-Shape {
        param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [int] $Width, [Parameter(Mandatory)] [int] $Height)

        $bytes = [IO.File]::ReadAllBytes("$Pictures/plain.png")
        foreach ($index in 0..3) {
            $bytes[16 + $index] = ($Width -shr (24 - 8 * $index)) -band 255
            $bytes[20 + $index] = ($Height -shr (24 - 8 * $index)) -band 255
        }
        [IO.File]::WriteAllBytes($Path, $bytes)
    }

    # A JPEG of 1920 by 1080 in its frame header, behind an EXIF segment with nothing but an orientation.
    function Write-Turned {
        param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [int] $Orientation)

        $bytes = [IO.File]::ReadAllBytes("$Pictures/baseline.jpg")
        $frame = 0..($bytes.Length - 2) | Where-Object { $bytes[$_] -eq 0xFF -and $bytes[$_ + 1] -eq 0xC0 } | Select-Object -First 1
        foreach ($index in 0..3) {
            $bytes[$frame + 5 + $index] = (0x04, 0x38, 0x07, 0x80)[$index]
        }
        $directory = 0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, $Orientation, 0, 0, 0, 0, 0, 0, 0
        $exif = [Text.Encoding]::ASCII.GetBytes('Exif') + [byte[]] (@(0, 0) + $directory)
        $segment = [byte[]] (0xFF, 0xE1, 0, ($exif.Length + 2)) + $exif
        [IO.File]::WriteAllBytes($Path, [byte[]] ($bytes[0..1] + $segment + $bytes[2..($bytes.Length - 1)]))
    }
}

AfterAll {
    Restore-Session
}

Describe '-AspectRatio Source' {
    BeforeEach {
        $folder = Initialize-Folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'requests the ratio that is nearest to each source: <Width> by <Height> is <Ratio>' -ForEach @(
        @{ Width = 1; Height = 5000; Ratio = '9:16' }
        @{ Width = 5000; Height = 1; Ratio = '21:9' }
        @{ Width = 4032; Height = 3024; Ratio = '4:3' }
        @{ Width = 1000; Height = 1000; Ratio = '1:1' }
    ) {
        Write-Shape -Path "$folder/a.png" -Width $Width -Height $Height

        $result = Invoke-TokaifyImageEdit Sunset "$folder/a.png" -AspectRatio Source -BaseUri $relay.BaseUri -WarningAction SilentlyContinue

        Get-SentRatio $relay | Should -Be $Ratio
        $result.AspectRatio, $result.RequestedAspectRatio | Should -Be $Ratio, $Ratio
    }

    It 'uses the EXIF orientation <Orientation> of a source: <Ratio>' -ForEach @(
        1..4 | ForEach-Object { @{ Orientation = $_; Ratio = '16:9' } }
        5..8 | ForEach-Object { @{ Orientation = $_; Ratio = '9:16' } }
    ) {
        Write-Turned -Path "$folder/a.jpg" -Orientation $Orientation

        $null = Invoke-TokaifyImageEdit Sunset "$folder/a.jpg" -AspectRatio Source -BaseUri $relay.BaseUri -WarningAction SilentlyContinue

        Get-SentRatio $relay | Should -Be $Ratio
    }

    It 'uses the rotation in a source''s container' {
        $null = Copy-Picture -Name turned.heic -To $folder

        $null = Invoke-TokaifyImageEdit Sunset "$folder/turned.heic" -AspectRatio source -BaseUri $relay.BaseUri `
            -WarningAction SilentlyContinue

        $width, $height = (Get-SentRatio $relay).Split(':')
        [int] $height | Should -BeGreaterThan ([int] $width)
    }

    It 'can be in a row as well, among rows with their own ratio' {
        Write-Shape -Path "$folder/a.png" -Width 1920 -Height 1080
        $rows = @(
            [pscustomobject]@{ Path = "$folder/a.png"; AspectRatio = 'Source' }
            [pscustomobject]@{ Path = "$folder/a.png"; AspectRatio = '1:1' }
        )

        $null = $rows | Invoke-TokaifyImageEdit Sunset -BaseUri $relay.BaseUri -ThrottleLimit 1 -WarningAction SilentlyContinue

        Get-SentRatio $relay | Should -Be '16:9', '1:1'
    }

    It 'uses the shape of a conversation''s last image' {
        Write-Shape -Path "$folder/a.png" -Width 1080 -Height 1920
        $conversation = New-TokaifyConversation
        $options = @{ Conversation = $conversation; AspectRatio = 'Source'; BaseUri = $relay.BaseUri; WarningAction = 'SilentlyContinue' }

        $null = Invoke-TokaifyImageEdit Sunset "$folder/a.png" @options
        $second = Invoke-TokaifyImageEdit Darker @options

        @(Get-SentRatio $relay)[0] | Should -Be '9:16'
        @(Get-SentRatio $relay)[1] | Should -Be $second.RequestedAspectRatio
    }

    It 'sends nothing if the catalogue does not know the ratios of the model' {
        $null = Copy-Picture -Name plain.png -To $folder

        $failure = Get-TerminatingError {
            Invoke-TokaifyImageEdit Sunset "$folder/plain.png" -AspectRatio Source -Model another-model -BaseUri $relay.BaseUri
        }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $relay.Received | Should -Be 0
    }

    It 'is refused for an image from text alone' {
        $failure = Get-TerminatingError { New-TokaifyImage 'A cat' -AspectRatio Source -Destination $folder -BaseUri $relay.BaseUri }

        $failure | Get-ErrorId | Should -Be 'InvalidArgument'
        $failure.Exception.Message | Should -BeLike '*no source*'
        $relay.Received | Should -Be 0
    }

    It 'is offered first by completion, and not for an image from text alone' {
        $line = 'Invoke-TokaifyImageEdit Sunset a.png -AspectRatio '
        (TabExpansion2 $line $line.Length).CompletionMatches[0].CompletionText | Should -Be 'Source'
        $line = 'New-TokaifyImage Cat -AspectRatio '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Not -Contain 'Source'
    }
}

Describe 'An image of another shape or size than requested' {
    BeforeEach {
        $folder = Initialize-Folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        1..3 | ForEach-Object { $null = Copy-Picture -Name plain.png -To $folder -As "$_.png" }
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'gives one warning for a batch, a property of each result, and a count in the summary' {
        $results = Get-ChildItem "$folder/*.png" | Invoke-TokaifyImageEdit Sunset -AspectRatio 16:9 -BaseUri $relay.BaseUri -Summary `
            -WarningVariable warnings -WarningAction SilentlyContinue -InformationVariable info 6> $null

        $results.MatchesRequest | Should -Be $false, $false, $false
        $results[0].RequestedAspectRatio | Should -Be '16:9'
        @($warnings | Where-Object { $_ -like '*16:9 was asked for*' }) | Should -HaveCount 1
        $info.MessageData.Mismatched | Should -Be 3
        "$($info.MessageData)" | Should -BeLike '*3 of another shape or size*'
    }

    It 'gives no warning if nothing was requested, or if it matches the request' {
        $plain = Invoke-TokaifyImageEdit Sunset "$folder/1.png" -BaseUri $relay.BaseUri -WarningVariable warnings

        $plain.MatchesRequest | Should -BeNullOrEmpty
        $plain.RequestedAspectRatio, $plain.RequestedImageSize | Should -Be $null, $null
        $warnings | Should -BeNullOrEmpty
    }

    It 'treats a ratio in -AdditionalProperty as requested' {
        $more = @{ generationConfig = @{ imageConfig = @{ aspectRatio = '21:9' } } }

        $result = Invoke-TokaifyImageEdit Sunset "$folder/1.png" -AdditionalProperty $more -BaseUri $relay.BaseUri `
            -WarningAction SilentlyContinue

        $result.RequestedAspectRatio, $result.MatchesRequest | Should -Be '21:9', $false
        $result.AspectRatio | Should -BeNullOrEmpty
    }
}

Describe '-StripMetadata' {
    BeforeEach {
        $folder = Initialize-Folder
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
    }

    AfterEach {
        $relay.Dispose()
    }

    It 'sends neither the metadata of the source nor that of a reference, and does not change the files' {
        $photograph = [IO.File]::ReadAllBytes("$Pictures/exif-thumbnail.jpg") + [Text.Encoding]::ASCII.GetBytes('47.3769,8.5417 Jane Doe')
        'a.jpg', 'b.jpg' | ForEach-Object { [IO.File]::WriteAllBytes("$folder/$_", $photograph) }

        $null = Invoke-TokaifyImageEdit Sunset "$folder/a.jpg" -ReferenceImage "$folder/b.jpg" -StripMetadata -BaseUri $relay.BaseUri `
            -JournalPath "$folder/edits.jsonl"

        $sent = ($relay.LastBody | ConvertFrom-Json).contents[0].parts.inline_data.data |
            ForEach-Object { , [Convert]::FromBase64String($_) }
        $sent | Should -HaveCount 2
        foreach ($image in $sent) {
            $text = [Text.Encoding]::GetEncoding(28591).GetString($image)
            $text | Should -Not -Match 'Jane Doe|47\.3769'
            $image[0..1] | Should -Be 0xFF, 0xD8
        }
        [IO.File]::ReadAllBytes("$folder/a.jpg") | Should -Be $photograph
        $line = Get-Content "$folder/edits.jsonl" | Select-Object -Last 1 | ConvertFrom-Json
        $line.sentSha256 | Should -Be (Get-FileHash -InputStream ([IO.MemoryStream]::new($sent[0]))).Hash
        $line.sourceSha256 | Should -Be (Get-FileHash "$folder/a.jpg").Hash
    }

    It 'refuses a HEIC image before anything is sent, and edits the others' {
        $null = Copy-Picture -Name plain.heic -To $folder
        $null = Copy-Picture -Name plain.png -To $folder

        $results = Get-ChildItem $folder | Invoke-TokaifyImageEdit Sunset -StripMetadata -BaseUri $relay.BaseUri `
            -ErrorVariable failures -ErrorAction SilentlyContinue

        $results | Should -HaveCount 1
        $failures | Should -HaveCount 1
        $failures[0] | Get-ErrorId | Should -Be 'UnsupportedImage'
        $failures[0].Exception.Message | Should -BeLike '*plain.heic*HEIC*Convert it*'
        $relay.Received | Should -Be 1
    }

    It 'does not send again an image that was edited with its metadata' {
        $null = Copy-Picture -Name exif-thumbnail.jpg -To $folder
        $options = @{ BaseUri = $relay.BaseUri; JournalPath = "$folder/edits.jsonl"; Resume = $true }

        $null = Invoke-TokaifyImageEdit Sunset "$folder/exif-thumbnail.jpg" @options
        $null = Invoke-TokaifyImageEdit Sunset "$folder/exif-thumbnail.jpg" @options -StripMetadata

        $relay.Received | Should -Be 1
    }
}
