BeforeDiscovery {
    $root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
    $text = Get-Content -LiteralPath "$root/SECURITY.md" -Raw
    $table = [regex]::Match($text, '(?ms)^\| attacker \|.*?(?=^\s*$)').Value
    $threats = foreach ($row in ($table -split '\r?\n' | Select-Object -Skip 2 | Where-Object { $_ })) {
        $cells = $row.Trim('|') -split '\|'
        $tests = @([regex]::Matches($cells[3], '`([^`]+)`') | ForEach-Object { $_.Groups[1].Value })
        @{ Threat = "$($cells[0].Trim()): $($cells[1].Trim())"; Tests = $tests }
    }
}

Describe 'SECURITY.md' {
    BeforeAll {
        $root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
        $files = (Get-ChildItem -LiteralPath "$root/tests" -Recurse -File -Include *.cs, *.ps1).Name
    }

    It 'names tests that exist: <Threat>' -ForEach $threats {
        $Tests | Should -Not -BeNullOrEmpty
        foreach ($test in $Tests) {
            $files | Should -Contain $test
        }
    }

    It 'has a model of more than ten threats' -ForEach @(@{ Count = @($threats).Count }) {
        $Count | Should -BeGreaterThan 10
    }

    It 'is the only page that says that there is no telemetry' {
        $pages = @(Get-Item -Path "$root/*.md") + @(Get-ChildItem -LiteralPath "$root/docs" -Recurse -File -Filter *.md)
        $said = @($pages | Select-String -Pattern 'telemetry')
        $said | Should -HaveCount 1
        $said[0].Filename | Should -Be 'SECURITY.md'
        $said[0].Line + (Get-Content -LiteralPath "$root/SECURITY.md" -Raw) | Should -Match 'There is no\s+telemetry'
    }
}
