BeforeDiscovery {
    $identify = Get-Command identify -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    # On Windows the name is an alias of PowerShell, for Compare-Object.
    $compare = Get-Command compare -CommandType Application -ErrorAction Ignore | Where-Object Source -NotLike '*.exe' |
        Select-Object -First 1
    $webpmux = Get-Command webpmux -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    $exiftool = Get-Command exiftool -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    $python = 'python3', 'python' |
        Where-Object { Get-Command $_ -CommandType Application -ErrorAction Ignore } |
        Where-Object { "$(& $_ --version 2>&1)" -match '^Python 3\.' } |
        Select-Object -First 1
    foreach ($tool in 'identify', 'compare', 'webpmux', 'exiftool', 'python') {
        if (-not (Get-Variable $tool -ValueOnly)) {
            Write-Information "$tool is not installed: metadata is not checked with it." -InformationAction Continue
        }
    }

    $formats = @(
        @{ Picture = 'plain.png'; Kind = 'PNG' }
        @{ Picture = '16bit.png'; Kind = 'PNG' }
        @{ Picture = 'exif-thumbnail.jpg'; Kind = 'JPEG' }
        @{ Picture = 'progressive.jpg'; Kind = 'JPEG' }
        @{ Picture = 'lossy.webp'; Kind = 'WebP' }
        @{ Picture = 'lossless.webp'; Kind = 'WebP' }
        @{ Picture = 'alpha.webp'; Kind = 'WebP' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    $Prompt = "Make it night, $([char] 0x732B) & <stars>"

    # Edits with a relay that returns a given image.
    function Save-Answer {
        param([Parameter(Mandatory)] [string] $Picture, [hashtable] $With = @{})

        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/$Picture", @('answer'))
        try {
            Invoke-TokaifyImageEdit $Prompt "$Pictures/plain.png" -Destination (Initialize-Folder) `
                -BaseUri $relay.BaseUri -ApiKey (ConvertTo-Secret 'key') @With
        }
        finally {
            $relay.Dispose()
        }
    }
}

AfterAll {
    Restore-Session
}

Describe '-EmbedMetadata' {
    It 'leaves a file byte for byte what the service sent if it is not used: <Picture>' -ForEach $formats {
        Get-Sha256 (Save-Answer $Picture).Path | Should -Be (Get-Sha256 "$Pictures/$Picture")
    }

    It 'changes no pixel of <Picture>' -ForEach $formats -Skip:(-not $compare) {
        $path = (Save-Answer $Picture @{ EmbedMetadata = $true }).Path

        Get-Sha256 $path | Should -Not -Be (Get-Sha256 "$Pictures/$Picture")
        # It writes the number of different pixels to the error output.
        $difference = & compare -metric AE "$Pictures/$Picture" $path null: 2>&1
        "$difference" | Should -Match '^0( \(0\))?$'
    }

    # ImageMagick 6 does not show international texts.
    It 'writes texts that another reader reads into a PNG, their checksums right' -ForEach @{ Python = $python } -Skip:(-not $python) {
        $path = (Save-Answer plain.png @{ EmbedMetadata = $true }).Path
        $reader = Join-Path (Initialize-Folder) 'reader.py'
        [System.IO.File]::WriteAllLines($reader, @(
                'import struct, sys, zlib'
                'png, at = open(sys.argv[1], "rb").read(), 8'
                'while at < len(png):'
                '    length, kind = struct.unpack(">I4s", png[at:at + 8])'
                '    data, crc = png[at + 8:at + 8 + length], png[at + 8 + length:at + 12 + length]'
                '    assert struct.pack(">I", zlib.crc32(kind + data)) == crc'
                '    if kind == b"iTXt":'
                '        keyword, rest = data.split(b"\0", 1)'
                '        assert rest[:2] == b"\0\0"'
                '        print(ascii(keyword.decode("latin-1") + "=" + rest[2:].split(b"\0", 2)[2].decode("utf-8")))'
                '    at += length + 12'))

        $texts = & $Python $reader $path

        $texts | Should -Be "'Tokaify Prompt=Make it night, \u732b & <stars>'", "'Tokaify Model=gemini-2.5-flash-image'"
    }

    It 'writes XMP that ImageMagick finds into <Picture>' -ForEach ($formats | Where-Object Kind -EQ 'JPEG') -Skip:(-not $identify) {
        $path = (Save-Answer $Picture @{ EmbedMetadata = $true }).Path

        & identify '-verbose' $path | Out-String | Should -Match 'Profile-xmp'
    }

    It 'writes the XMP chunk of <Picture> as webpmux does' -ForEach ($formats | Where-Object Kind -EQ 'WebP') -Skip:(-not $webpmux) {
        $path = (Save-Answer $Picture @{ EmbedMetadata = $true }).Path
        $packet = Join-Path (Initialize-Folder) 'packet.xmp'

        $null = & webpmux -get xmp $path -o $packet 2>&1
        $theirs = Join-Path (Initialize-Folder) 'theirs.webp'
        $null = & webpmux -set xmp $packet "$Pictures/$Picture" -o $theirs 2>&1

        Get-Sha256 $path | Should -Be (Get-Sha256 $theirs)
        $xml = [xml] (Get-Content -LiteralPath $packet -Raw -Encoding UTF8)
        $xml.GetElementsByTagName('tokaify:Prompt')[0].InnerText | Should -Be $Prompt
        $xml.GetElementsByTagName('tokaify:Model')[0].InnerText | Should -Be 'gemini-2.5-flash-image'
    }

    It 'writes what exiftool reads: <Picture>' -ForEach $formats -Skip:(-not $exiftool) {
        $path = (Save-Answer $Picture @{ EmbedMetadata = $true }).Path

        & exiftool -warning -error $path | Should -BeNullOrEmpty
        & exiftool $path | Out-String | Should -Match 'gemini-2\.5-flash-image'
    }

    It 'does not change HEIC, and says so in a verbose message' {
        $all = Save-Answer plain.heic @{ EmbedMetadata = $true; Verbose = $true } 4>&1
        $path = ($all | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] }).Path

        Get-Sha256 $path | Should -Be (Get-Sha256 "$Pictures/plain.heic")
        $all | Where-Object { "$_" -like '*image/heic has no place for metadata*' } | Should -HaveCount 1
    }

    It 'keeps the texts that the service put into a PNG' {
        Start-TokaifyEmulator
        try {
            $path = (Invoke-TokaifyImageEdit $Prompt "$Pictures/plain.png" -Destination (Initialize-Folder) -EmbedMetadata).Path
        }
        finally {
            Stop-TokaifyEmulator
        }

        $texts = Get-PngText $path
        $texts['Software'] | Should -Be 'Tokaify emulator'
        $texts['Tokaify Prompt'] | Should -Be $Prompt
        $texts['Tokaify ResponseId'] | Should -Match '^[0-9a-f]{32}$'
    }

    It 'saves the image unchanged, with a warning, if the prompt is too long for a JPEG' {
        $Prompt = 'x' * 70000
        $said = Save-Answer baseline.jpg @{ EmbedMetadata = $true } 3>&1
        $warnings, $result = $said.Where({ $_ -is [System.Management.Automation.WarningRecord] }, 'Split')

        Get-Sha256 $result.Path | Should -Be (Get-Sha256 "$Pictures/baseline.jpg")
        $warnings | Should -HaveCount 1
    }
}
