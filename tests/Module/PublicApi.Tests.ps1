# The surface that scripts use: a change of it must also change docs/public-api, so that a review sees it.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/PublicApi.ps1"
    $surface = @(Get-PublicApi Tokaify.PowerShell)
    $command = 'pwsh -NoProfile -File ./tests/Export-PublicApi.ps1'
}

Describe 'The public surface of the module' {
    It 'is the one in docs/public-api' {
        $kept = Get-Content -LiteralPath "$Root/docs/public-api/module.txt"

        Compare-PublicApi -Kept $kept -Surface $surface | Should -BeNullOrEmpty -Because "an intended change is accepted by $command"
        $surface.Count | Should -Be $kept.Count
    }

    It 'has a line for each command and parameter' {
        foreach ($of in Get-Command -Module Tokaify.PowerShell) {
            foreach ($name in $of.Parameters.Keys | Where-Object { $_ -notin $CommonParameters }) {
                @($surface -clike "$($of.Name) -$name <*").Count | Should -Be 1 -Because "$($of.Name) has -$name"
            }
        }
        $surface | Should -Contain 'Connect-Tokaify -> Tokaify.TokaifyContext'
    }

    It 'differs by <Change>' -ForEach @(
        @{ Change = 'a parameter that went'; Keep = { $_ -notlike 'Connect-Tokaify -ApiKey *' }; Sign = '-' }
        @{ Change = 'another type'; Keep = { $true }; Replace = '(?<=^Connect-Tokaify -ApiKey <)[^>]+'; Sign = '+' }
    ) {
        $changed = $surface | Where-Object $Keep
        if ($Replace) {
            $changed = $changed -replace $Replace, 'string'
        }

        $difference = @(Compare-PublicApi -Kept $surface -Surface $changed)
        $difference | Should -BeLike '[-+] Connect-Tokaify -ApiKey <*'
        $difference[-1][0] | Should -Be $Sign
    }
}
