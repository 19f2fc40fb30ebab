BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator
    $isUnix = $IsLinux -or $IsMacOS
}

AfterAll {
    Restore-Session
}

Describe 'A file or folder in the destination' {
    BeforeEach {
        $folder = Initialize-Folder
        $source = Copy-Picture plain.png -To $folder
        $output = Join-Path $folder 'out'
        $null = New-Item -ItemType Directory -Path $output
    }

    It 'with a special name does not end a batch, and is not removed' {
        # The name of this machine in the names of temporary files.
        $hash = [bigint] 2166136261
        foreach ($character in [Environment]::MachineName.ToCharArray()) {
            $hash = (($hash -bxor [int] $character) * 16777619) % 4294967296
        }
        $machine = '{0:x8}' -f [uint32] $hash
        $number = 'f' * 32
        $names = @(
            ".tokaify-$machine-99999999999999999999-1-$number.tmp"
            ".tokaify-$machine-1-99999999999999999999-$number.tmp"
            ".tokaify-$machine-0-0-$number.tmp"
            '.tokaify-.tmp'
        )
        foreach ($name in $names) {
            Set-Content -LiteralPath (Join-Path $output $name) -Value 'mine'
        }

        ($source | Invoke-TokaifyImageEdit 'Sunset' -Destination $output).Status | Should -Be 'Saved'

        foreach ($name in $names) {
            Get-Content -LiteralPath (Join-Path $output $name) | Should -Be 'mine'
        }
    }

    # Windows PowerShell does not accept paths of 260 characters, and this one is longer.
    It 'that cannot be replaced is named, and the image is kept, also with a long name' -Skip:($PSEdition -eq 'Desktop') {
        $long = 'n' * 226
        $target = Join-Path $output "$long.png"
        $null = New-Item -ItemType Directory -Path (Join-Path $target 'full')
        $data = $env:XDG_DATA_HOME
        try {
            # A folder cannot be created below a file, so the image stays in its own folder.
            $env:XDG_DATA_HOME = $source.FullName
            $kept = foreach ($run in 1..2) {
                $source | Invoke-TokaifyImageEdit 'Sunset' -Destination $output -OutputName $long -Force `
                    -ErrorAction SilentlyContinue -ErrorVariable failure
                $failure | Get-ErrorId | Should -Be 'SaveFailed'
                $failure.Exception.Message | Should -BeLike "*'$target' cannot be replaced: *"
                $failure.Exception.Message | Should -Not -BeLike '*.tokaify-*'
                [regex]::Match($failure.Exception.Message, "kept at '(.+)'").Groups[1].Value
            }
        }
        finally {
            $env:XDG_DATA_HOME = $data
        }

        $kept.Count | Should -Be 2
        foreach ($path in $kept) {
            # Including the first one, which the second run has found in its destination.
            (Get-PngText $path).Count | Should -BeGreaterThan 0
            if ($isUnix) {
                Split-Path $path | Should -Be $output
            }
            Remove-Item -LiteralPath $path
        }
        Get-TemporaryFile $output | Should -BeNullOrEmpty
    }
}
