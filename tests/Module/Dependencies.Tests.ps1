# The shipped assemblies of other projects, compared with the lock files, the notices and the packages.

BeforeDiscovery {
    . "$PSScriptRoot/Dependencies.ps1"
    $locks = Get-ChildItem -Path $Root -Recurse -Filter packages.lock.json -Depth 3 |
        Where-Object FullName -NotMatch '[\\/](artifacts|output|\.tools)[\\/]' |
        ForEach-Object { @{ Name = $_.FullName.Substring($Root.Length + 1).Replace('\', '/'); Path = $_.FullName } }
    $packages = Get-NoticedPackage
    $first = $packages[0]
    $noPackages = -not (Get-PackageSpecification $first.Name $first.Version)
    if ($noPackages) {
        Write-Information -InformationAction Continue `
            'The packages are not where NuGet usually keeps them: their licences are not looked at.'
    }
}

BeforeAll {
    . "$PSScriptRoot/Dependencies.ps1"
}

Describe 'The locks' {
    It 'are there for each project of the solution' {
        $projects = (Get-Content -LiteralPath "$Root/Tokaify.PowerShell.sln" -Raw | Select-String -AllMatches '"([^"]+)\.csproj"').Matches |
            ForEach-Object { Join-Path $Root (Split-Path -Parent $_.Groups[1].Value.Replace('\', '/')) }

        $projects.Count | Should -BeGreaterThan 5
        foreach ($project in $projects) {
            Join-Path $project 'packages.lock.json' | Should -Exist
        }
    }

    It '<Name> has a digest of every package, and no address' -ForEach $locks {
        $text = Get-Content -LiteralPath $Path -Raw
        $text | Should -Not -Match '://'
        $packages = ($text | ConvertFrom-Json).dependencies.PSObject.Properties.Value | ForEach-Object { $_.PSObject.Properties }
        foreach ($package in $packages | Where-Object { $_.Value.type -ne 'Project' }) {
            [Convert]::FromBase64String($package.Value.contentHash).Count | Should -Be 64 -Because $package.Name
        }
    }
}

Describe 'The notices' {
    It 'list each shipped library with its edition, and no other' {
        $shipped = Get-ShippedLibrary
        $editions = @{ 'both' = 'net8.0', 'netstandard2.0'; 'Windows PowerShell' = @('netstandard2.0') }
        $noticed = foreach ($package in Get-NoticedPackage) {
            foreach ($edition in $editions[$package.Edition]) {
                "$edition/dependencies/$($package.Name).dll"
            }
        }

        $shipped | Should -Not -BeNullOrEmpty
        $noticed | Sort-Object | Should -Be ($shipped | Sort-Object)
    }

    It 'have the version of <Name> that is locked' -ForEach $packages {
        $lock = Get-Content -LiteralPath "$Root/module/packages.lock.json" -Raw | ConvertFrom-Json
        $locked = $lock.dependencies.PSObject.Properties.Value |
            ForEach-Object { $_.PSObject.Properties[$Name].Value.resolved } |
            Where-Object { $_ }

        $locked | Should -Not -BeNullOrEmpty
        $locked | Sort-Object -Unique | Should -Be $Version
    }

    It 'have the licence of the package <Name>' -ForEach $packages -Skip:$noPackages {
        (Get-PackageSpecification $Name $Version).package.metadata.license.InnerText | Should -Be $Licence
    }

    It 'contain the text of the licence <_>' -ForEach ($packages.Licence | Sort-Object -Unique) {
        $titles = @{ 'BSD-3-Clause' = 'BSD 3-Clause License'; 'MIT' = 'The MIT License \(MIT\)' }

        Get-Content -LiteralPath "$Root/module/THIRD-PARTY-NOTICES.txt" -Raw | Should -Match "(?m)^$($titles[$_])\r?$"
    }
}
