BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
}

AfterAll {
    Restore-Session
}

Describe 'A model catalogue of the user''s own' {
    AfterEach {
        $env:TOKAIFY_MODEL_CATALOG = $null
    }

    Context 'with an entry of its own' {
        BeforeEach {
            Write-Catalog '{"models":[{"name":"own-image","displayName":"Own","outputs":{"1:1":"64x64","2:1":"96x48"},"maxInputImages":2}]}'
        }

        It 'is listed after the models of the module' {
            (Get-TokaifyModel).Name | Select-Object -Last 2 | Should -Be 'gemini-nano-banana-2.1', 'own-image'
            (Get-TokaifyModel own-image).AspectRatios | Should -Be '1:1', '2:1'
        }

        It 'completes, with its aspect ratios' {
            $line = 'Invoke-TokaifyImageEdit -Model own'
            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be 'own-image'
            $line = 'Invoke-TokaifyImageEdit -Model own-image -AspectRatio '
            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be 'Source', '1:1', '2:1'
        }

        It 'determines the accepted aspect ratios' {
            $failure = Get-TerminatingError {
                Invoke-TokaifyImageEdit 'Sunset' "$Pictures/plain.png" -Model own-image -AspectRatio 21:9 -ApiKey (ConvertTo-Secret 'key')
            }
            $failure | Get-ErrorId | Should -Be 'InvalidArgument'
            $failure.Exception.Message | Should -BeLike `
                "own-image has no aspect ratio '21:9'. It takes 1:1, 2:1. gemini-2.5-flash-image,* have it."
        }

        It 'is one of the emulator''s models' {
            Start-TokaifyEmulator
            try {
                (Get-TokaifyModel own-image -Online).Available | Should -BeTrue
                $result = Invoke-TokaifyImageEdit 'Sunset' "$Pictures/plain.png" -Model own-image -AspectRatio 2:1 `
                    -Destination (Initialize-Folder)
                $result.Images[0].Width, $result.Images[0].Height | Should -Be 96, 48
            }
            finally {
                Stop-TokaifyEmulator
            }
        }
    }

    It 'may have only a name, which is then used without checks' {
        Write-Catalog '{"models":[{"name":"bare-image","isDefault":true}]}'
        Start-TokaifyEmulator
        try {
            $result = Invoke-TokaifyImageEdit 'Sunset' "$Pictures/plain.png" -AspectRatio 5:2 -Destination (Initialize-Folder)
            $result.Model | Should -Be 'bare-image'
            $result.Images[0].Width | Should -BeGreaterThan $result.Images[0].Height
        }
        finally {
            Stop-TokaifyEmulator
        }
    }

    It 'changes the given fields of a model of the module' {
        Write-Catalog '{"models":[{"name":"gemini-2.5-flash-image","maxInputImages":7}]}'
        $model = Get-TokaifyModel gemini-2.5-flash-image
        $model.MaxInputImages | Should -Be 7
        $model.AspectRatios | Should -HaveCount 10
    }

    It 'sets the relay''s prices' {
        Write-Catalog '{"models":[{"name":"gemini-2.5-flash-image","price":{"currency":"EUR","perImage":0.02}}]}'
        $price = (Get-TokaifyModel gemini-2.5-flash-image).Price
        $price.PerImage | Should -Be 0.02
        $price.Currency | Should -Be 'EUR'
        Get-TokaifyModel gemini-2.5-flash-image | Out-String | Should -Match 'EUR 0\.02 *\r?\n'
    }

    It 'is read again when it changes' {
        Write-Catalog '{"models":[{"name":"first-image"}]}'
        (Get-TokaifyModel *-image).Name | Should -Contain 'first-image'
        [System.IO.File]::WriteAllText($env:TOKAIFY_MODEL_CATALOG, '{"models":[{"name":"the-second-image"}]}')
        (Get-TokaifyModel).Name | Should -Contain 'the-second-image'
        (Get-TokaifyModel).Name | Should -Not -Contain 'first-image'
    }

    Context 'that is invalid' {
        BeforeDiscovery {
            $flaws = @(
                @{ Case = 'missing'; Json = $null; Flaw = 'there is no such file' }
                @{ Case = 'no JSON'; Json = '{"models":['; Flaw = 'it is not JSON' }
                @{ Case = 'no catalogue'; Json = '{}'; Flaw = 'not an object with a list "models"' }
                @{ Case = 'a wrong price'; Json = ('{"models":[{"name":"a","price":{"currency":"USD",' +
                        '"perImage":-1}}]}'); Flaw = '"perImage" in the price of a has to be a number from 0'
                }
                @{ Case = 'misspelt'; Json = '{"models":[{"name":"a","ratios":[]}]}'; Flaw = 'a has the unknown field "ratios"' }
            )
        }

        It 'is an error that names the file and the flaw: <Case>' -ForEach $flaws {
            Write-Catalog $Json
            if ($null -eq $Json) {
                Remove-Item -LiteralPath $env:TOKAIFY_MODEL_CATALOG
            }
            $edit = { Invoke-TokaifyImageEdit 'Sunset' "$Pictures/plain.png" -ApiKey (ConvertTo-Secret 'key') }
            foreach ($command in { Get-TokaifyModel }, $edit) {
                $failure = Get-TerminatingError $command
                $failure | Get-ErrorId | Should -Be 'InvalidArgument'
                $failure.Exception.Message.Contains($env:TOKAIFY_MODEL_CATALOG) | Should -BeTrue
                $failure.Exception.Message.Contains($Flaw) | Should -BeTrue -Because $failure.Exception.Message
            }
        }

        It 'does not break completion' {
            Write-Catalog 'nothing'
            $line = 'Invoke-TokaifyImageEdit -Model gemini-2'
            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText |
                Should -Be 'gemini-2.5-flash-image'
            $line = 'Invoke-TokaifyImageEdit -AspectRatio 21'
            (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be '21:9'
        }

        It 'has to be named by a full path, because the location changes' {
            $env:TOKAIFY_MODEL_CATALOG = 'models.json'
            (Get-TerminatingError { Get-TokaifyModel }).Exception.Message | Should -BeLike "*'models.json'*the path is not a full path*"
        }
    }
}
