BeforeDiscovery {
    # On Windows, pipes are not files of a folder.
    $hasPipes = $IsLinux -or $IsMacOS
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Start-TokaifyEmulator

    # Opening a named pipe waits for another process, so a command that ends has not opened it.
    function Invoke-InTime {
        param([Parameter(Mandatory)] [scriptblock] $Script, [object[]] $Arguments)

        $run = Invoke-InBackground $Script $Arguments
        Wait-Condition { $run.Handle.IsCompleted } | Should -BeTrue -Because 'nothing waits for a named pipe'
        Receive-Background $run
    }
}

AfterAll {
    Restore-Session
}

Describe 'A named pipe' -Skip:(-not $hasPipes) {
    BeforeEach {
        $folder = Initialize-Folder
        $pipe = Join-Path $folder 'pipe.png'
        & mkfifo $pipe
        $env:TOKAIFY_BASE_URL = (Get-TokaifyContext).BaseUri.AbsoluteUri
        $env:TOKAIFY_API_KEY = 'key'
    }

    AfterEach {
        Remove-Item env:TOKAIFY_BASE_URL, env:TOKAIFY_API_KEY
    }

    It 'among the sources is one error, and the others are edited' {
        $null = Copy-Picture plain.png -To $folder
        $outcome = Invoke-InTime {
            param($folder)
            Get-ChildItem -LiteralPath $folder | Invoke-TokaifyImageEdit 'Sunset' -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures
        } $folder

        $outcome.Count | Should -Be 2
        $outcome[0].SourcePath | Should -Be (Join-Path $folder 'plain.png')
        $outcome[1] | Get-ErrorId | Should -Be 'UnsupportedImage'
        $outcome[1].Exception.Message | Should -BeLike '*pipe.png*named pipe*'
    }

    It 'is not accepted as a reference image' {
        $source = Copy-Picture plain.png -To $folder
        $failure = Invoke-InTime {
            param($source, $pipe)
            try { Invoke-TokaifyImageEdit 'Sunset' $source -ReferenceImage $pipe } catch { $_ }
        } $source.FullName, $pipe

        $failure | Get-ErrorId | Should -Be 'UnsupportedImage'
    }

    It 'under the name of a result is an error with -SkipExisting, and is replaced with -Force' {
        $source = Copy-Picture plain.png -To $folder
        $target = Join-Path $folder 'plain-edited.png'
        Move-Item -LiteralPath $pipe -Destination $target
        $outcome = Invoke-InTime {
            param($source)
            Invoke-TokaifyImageEdit 'Sunset' $source -SkipExisting -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures
            Invoke-TokaifyImageEdit 'Sunset' $source
            Invoke-TokaifyImageEdit 'Sunset' $source -Force
        } $source.FullName

        $outcome[0] | Get-ErrorId | Should -Be 'UnsupportedImage'
        $outcome[1].Path | Should -Be (Join-Path $folder 'plain-edited-2.png')
        $outcome[2].Path | Should -Be $target
        (Get-Item -LiteralPath $target).Length | Should -BeGreaterThan 0
    }

    It 'is not accepted as a journal, with or without -Resume' {
        $source = Copy-Picture plain.png -To $folder
        $failures = Invoke-InTime {
            param($source, $pipe)
            try { Invoke-TokaifyImageEdit 'Sunset' $source -JournalPath $pipe } catch { $_ }
            try { Invoke-TokaifyImageEdit 'Sunset' $source -JournalPath $pipe -Resume } catch { $_ }
        } $source.FullName, $pipe

        $failures | Get-ErrorId | Should -Be 'InvalidArgument', 'InvalidArgument'
        $failures.Exception.Message | Should -BeLike '*named pipe*'
    }

    It 'is not read as a conversation, and not replaced by one' {
        $failures = Invoke-InTime {
            param($pipe)
            Restore-TokaifyConversation $pipe -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures
            New-TokaifyConversation | Save-TokaifyConversation $pipe -ErrorVariable failures -ErrorAction SilentlyContinue
            $failures
        } $pipe

        $failures | Get-ErrorId | Should -Be 'InvalidArgument', 'InvalidArgument'
    }

    It 'is not drawn' {
        $failure = Invoke-InTime {
            param($pipe)
            Show-TokaifyImage $pipe -ErrorVariable failures -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            $failures
        } $pipe

        $failure | Get-ErrorId | Should -Be 'UnsupportedImage'
    }

    It 'is not put into a report, nor linked, nor replaced by one' {
        $report = Join-Path $folder 'report.html'
        $failures = Invoke-InTime {
            param($pipe, $report)
            [pscustomobject]@{ Status = 'Saved'; SourcePath = $pipe; Images = @($pipe) } | Export-TokaifyReport $report -Embed
            try { 1 | Export-TokaifyReport $pipe } catch { $_ }
        } $pipe, $report

        $failures | Get-ErrorId | Should -Be 'SaveFailed'
        $page = Get-Content -LiteralPath $report -Raw
        $page | Should -BeLike '*pipe.png*'
        $page | Should -Not -BeLike '*src="pipe.png"*'
        $page | Should -Not -BeLike '*href="pipe.png"*'
    }

    It 'is not accepted as a log of the emulator or as a model catalogue' {
        Stop-TokaifyEmulator
        $failures = Invoke-InTime {
            param($pipe)
            try { Start-TokaifyEmulator -LogPath $pipe } catch { $_ }
            try {
                $env:TOKAIFY_MODEL_CATALOG = $pipe
                Get-TokaifyModel
            }
            catch {
                $_
            }
            finally {
                $env:TOKAIFY_MODEL_CATALOG = ''
            }
        } $pipe

        $failures | Get-ErrorId | Should -Be 'InvalidArgument', 'InvalidArgument'
        $failures.Exception.Message | Should -BeLike '*named pipe*'
    }
}
