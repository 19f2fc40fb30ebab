# Retired models: before a batch begins, and if the relay no longer has them.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session

    function Get-Day {
        param([int] $FromToday)

        [datetime]::UtcNow.AddDays($FromToday).ToString('yyyy-MM-dd', [cultureinfo]::InvariantCulture)
    }
}

AfterAll {
    Restore-Session
}

Describe 'A batch on a model that is shut down upstream' {
    BeforeEach {
        $folder = Initialize-Folder
        $sources = 1..3 | ForEach-Object { (Copy-Picture -Name plain.png -To $folder -As "$_.png").FullName }
        Start-TokaifyEmulator
    }

    AfterEach {
        $env:TOKAIFY_MODEL_CATALOG = $null
        Stop-TokaifyEmulator
    }

    It 'warns once, names the replacement, and still sends the request to the model' {
        $results = $sources | Invoke-TokaifyImageEdit 'Sunset' -Model gemini-3.1-flash-image-preview -Destination "$folder/out" `
            -WarningVariable warnings -WarningAction SilentlyContinue

        $warnings | Should -HaveCount 1
        $warnings[0].Message | Should -BeLike (
            'gemini-3.1-flash-image-preview was shut down upstream on 2026-06-25; its replacement is gemini-3.1-flash-image. ' +
            'The relay may no longer have it. *The request is sent all the same, with this model.')
        $results.Model | Select-Object -Unique | Should -Be 'gemini-3.1-flash-image-preview'
    }

    It 'warns before the first request' {
        $relay = [Tokaify.Tests.StubRelay]::new("$Pictures/plain.png", @('answer'))
        try {
            Get-TerminatingError {
                $sources | Invoke-TokaifyImageEdit 'Sunset' -Model gemini-3.1-flash-image-preview -Destination "$folder/out" `
                    -BaseUri $relay.BaseUri -WarningAction Stop
            } | Should -Not -BeNullOrEmpty
            $relay.Received | Should -Be 0
        }
        finally {
            $relay.Dispose()
        }
    }

    It 'warns once for each model of a table' {
        $models = 'gemini-3.1-flash-image-preview', 'gemini-3-pro-image-preview', 'gemini-3.1-flash-image-preview'
        $rows = 0..2 | ForEach-Object { [pscustomobject] @{ Path = $sources[$_]; Model = $models[$_] } }
        $null = $rows | Invoke-TokaifyImageEdit 'Sunset' -Destination "$folder/out" -WarningVariable warnings `
            -WarningAction SilentlyContinue

        $warnings | Should -HaveCount 2
    }

    It 'warns for images from text' {
        $null = New-TokaifyImage 'A fox' -Model gemini-3-pro-image-preview -Destination "$folder/out" `
            -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings.Message | Should -BeLike '*gemini-3-pro-image.*'
    }

    It 'has no warning <Case>' -ForEach @(
        @{ Case = 'where the day is only the earliest'; Model = 'gemini-2.5-flash-image'; Catalog = $null }
        @{ Case = 'where none is announced'; Model = 'gemini-3.1-flash-image'; Catalog = $null }
        @{ Case = 'where the day is to come'; Model = 'own-image'; Catalog = ('{{"models":[{{"name":"own-image",' +
                '"retiresOn":"{0}"}}]}}'); Day = 1
        }
        @{
            Case    = 'where the user''s catalogue takes it back'
            Model   = 'gemini-3-pro-image-preview'
            Catalog = '{{"models":[{{"name":"gemini-3-pro-image-preview","retiresOn":null}}]}}'
        }
    ) {
        if ($Catalog) {
            Write-Catalog ($Catalog -f (Get-Day $Day))
        }
        $null = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Model $Model -Destination "$folder/out" -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }

    It 'warns about a date in the user''s own catalogue' {
        Write-Catalog ('{{"models":[{{"name":"own-image","retiresOn":"{0}"}}]}}' -f (Get-Day -1))
        $null = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Model own-image -Destination "$folder/out" `
            -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -HaveCount 1
    }

    It 'has no warning if nothing is sent' {
        $null = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Destination "$folder/out"
        $null = Invoke-TokaifyImageEdit 'Sunset' $sources[0] -Destination "$folder/out" -SkipExisting `
            -Model gemini-3.1-flash-image-preview -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }

    It 'is mentioned by completion' {
        $line = 'Invoke-TokaifyImageEdit -Model gemini-3-pro-image-p'
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.ToolTip |
            Should -BeLike '*was shut down upstream on 2026-06-25; its replacement is gemini-3-pro-image.'
    }
}

Describe 'A model that the relay does not have' {
    BeforeEach {
        $folder = Initialize-Folder
        $source = (Copy-Picture -Name plain.png -To $folder).FullName
        Start-TokaifyEmulator
    }

    AfterEach {
        Stop-TokaifyEmulator
    }

    It 'is an error that names the models of the relay''s list' {
        Invoke-TokaifyImageEdit 'Sunset' $source -Model gemini-9-image -ErrorAction SilentlyContinue -ErrorVariable failures

        $failures | Get-ErrorId | Should -Be 'ModelNotFound'
        $failures[0].Exception.Message | Should -BeLike "*The relay's list has gemini-2.5-flash-image, *, gemini-nano-banana-2.1."
    }
}
