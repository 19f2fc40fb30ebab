# The package: its content, the files beside it, and its signing.

BeforeDiscovery {
    . "$PSScriptRoot/OtherPrograms.ps1"
    $verifies = [bool] (Get-Command Get-AuthenticodeSignature -ErrorAction Ignore)
    $signer = 'openssl', 'osslsigncode' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
    if ($signer) {
        Write-Information "The test with real signatures is left out: $($signer -join ' and ') not installed." -InformationAction Continue
    }
    $validator = Install-NodeProgram cyclonedx
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Package.ps1"
    Clear-Session
    $package = ConvertTo-Package
}

AfterAll {
    Restore-Session
}

Describe 'The package' {
    BeforeAll {
        $content = Get-PackageText $package.FullName
    }

    It 'is at most 2 MB' {
        $package.Length | Should -BeLessThan 2MB
    }

    It 'is named after the module and its version' {
        $package.Name | Should -BeExactly "Tokaify.PowerShell.$version.nupkg"
    }

    It 'contains the files of the module, its SBOM and the parts of every package, and no other file' {
        $stagedFiles = Get-ChildItem -LiteralPath $staged -Recurse -File |
            ForEach-Object { $_.FullName.Substring($staged.Length + 1).Replace('\', '/') }
        $ofEvery = @(
            '_rels/.rels', '[Content_Types].xml', 'Tokaify.PowerShell.nuspec'
            'package/services/metadata/core-properties/nuget.psmdcp'
            'Tokaify.PowerShell.cdx.json'
        )

        $content.Keys | Where-Object { $_ -notin $ofEvery } | Sort-Object | Should -Be ($stagedFiles | Sort-Object)
    }

    It 'contains no script, which a policy for signed code could block' {
        $kinds = $content.Keys | ForEach-Object { [System.IO.Path]::GetExtension($_) } | Sort-Object -Unique

        $kinds | Where-Object { $_ -in '.ps1', '.psm1', '.cdxml', '.xaml', '.bat', '.cmd', '.sh' } | Should -BeNullOrEmpty
        $manifest = Test-ModuleManifest "$staged/Tokaify.PowerShell.psd1"
        $manifest.Scripts, $manifest.NestedModules, $manifest.ExportedFunctions.Keys | ForEach-Object { $_ } | Should -BeNullOrEmpty
    }

    It 'has the fields that the Gallery shows' {
        $shown = ([xml] $content['Tokaify.PowerShell.nuspec']).package.metadata
        $manifest = Test-ModuleManifest "$staged/Tokaify.PowerShell.psd1"

        $shown.id | Should -BeExactly 'Tokaify.PowerShell'
        $shown.version | Should -Be "$version"
        $shown.authors | Should -Be $manifest.Author
        $shown.description | Should -Be $manifest.Description
        $shown.licenseUrl, $shown.projectUrl, $shown.iconUrl | Should -Be $manifest.LicenseUri, $manifest.ProjectUri, $manifest.IconUri
        $shown.releaseNotes | Should -Be $manifest.ReleaseNotes
    }

    It 'is found by each of its commands and by its tags' {
        $tags = ([xml] $content['Tokaify.PowerShell.nuspec']).package.metadata.tags -split ' '

        $tags | Should -Contain 'PSModule'
        foreach ($command in (Get-Module Tokaify.PowerShell).ExportedCmdlets.Keys) {
            $tags | Should -Contain "PSCmdlet_$command"
            $tags | Should -Contain "PSCommand_$command"
        }
        foreach ($tag in (Test-ModuleManifest "$staged/Tokaify.PowerShell.psd1").Tags) {
            $tags | Should -Contain $tag
        }
    }

    It 'is the same, byte for byte, when the same files are packed at another time in another place' {
        $copy = Copy-Module
        Get-ChildItem -LiteralPath $copy -Recurse -File | ForEach-Object { $_.LastWriteTime = [datetime] '2001-02-03' }

        $again = (ConvertTo-Package -Module $copy).DirectoryName

        $names = (Get-ChildItem -LiteralPath $package.DirectoryName).Name
        $names.Count | Should -Be 4
        foreach ($name in $names) {
            Get-Sha256 "$again/$name" | Should -Be (Get-Sha256 "$($package.DirectoryName)/$name") -Because $name
        }
    }

    It 'contains no path of the build machine' {
        $assemblies = Get-ChildItem -Path "$staged/*/Tokaify.*.dll", "$staged/*/dependencies/Tokaify.*.dll"

        $assemblies | Should -Not -BeNullOrEmpty
        foreach ($assembly in $assemblies) {
            [System.Text.Encoding]::ASCII.GetString([System.IO.File]::ReadAllBytes($assembly.FullName)).Contains($Root) |
                Should -BeFalse -Because $assembly.FullName
        }
    }
}

Describe 'Beside the package' {
    It 'SHA256SUMS has the digests of the package, the archive and the SBOM' {
        $names = "Tokaify.PowerShell.$version.nupkg", "Tokaify.PowerShell.$version.zip", "Tokaify.PowerShell.$version.cdx.json"
        $expected = $names | ForEach-Object { "$(Get-Sha256 (Join-Path $package.DirectoryName $_))  $_" }

        Get-Content -LiteralPath "$($package.DirectoryName)/SHA256SUMS" | Should -Be $expected
    }

    It 'the archive has the folder of the module, as the package does' {
        $unpacked = Initialize-Folder
        Expand-Archive -LiteralPath (Join-Path $package.DirectoryName "Tokaify.PowerShell.$version.zip") -DestinationPath $unpacked
        $module = Join-Path $unpacked "Tokaify.PowerShell/$version"

        Get-RelativeName $unpacked | Should -Be (Get-RelativeName $module | ForEach-Object { "Tokaify.PowerShell/$version/$_" })
        Get-RelativeName $module | Where-Object { $_ -ne 'Tokaify.PowerShell.cdx.json' } | Should -Be (Get-RelativeName $staged)
        foreach ($name in Get-RelativeName $staged) {
            Get-Sha256 (Join-Path $module $name) | Should -Be (Get-Sha256 (Join-Path $staged $name)) -Because $name
        }
    }
}

Describe 'The SBOM' {
    BeforeAll {
        . "$PSScriptRoot/Dependencies.ps1"
        $unpacked = Initialize-Folder
        [System.IO.Compression.ZipFile]::ExtractToDirectory($package.FullName, $unpacked)
        $path = Join-Path $unpacked 'Tokaify.PowerShell.cdx.json'
        $sbom = Get-Content -LiteralPath $path -Raw | ConvertFrom-Json
    }

    It 'is also beside the package' {
        $beside = Join-Path $package.DirectoryName "Tokaify.PowerShell.$version.cdx.json"

        Get-Sha256 $beside | Should -Be (Get-Sha256 $path)
    }

    It 'lists each file of the package except itself, with its digest' {
        Get-SbomDifference $unpacked | Should -BeNullOrEmpty
        (Get-SbomFile $sbom).name | Should -Be (Get-RelativeName $staged)
    }

    It 'lists each assembly with its package, version and licence' {
        $expected = @(
            foreach ($edition in 'net8.0', 'netstandard2.0') {
                foreach ($noticed in Get-NoticedPackage | Where-Object { $edition -eq 'netstandard2.0' -or $_.Edition -eq 'both' }) {
                    "$edition/dependencies/$($noticed.Name).dll pkg:nuget/$($noticed.Name)@$($noticed.Version) $($noticed.Licence)"
                }
                foreach ($name in 'Tokaify.Client', 'Tokaify.Emulator', 'Tokaify.PowerShell', 'dependencies/Tokaify.Resilience') {
                    "$edition/$name.dll $(Split-Path -Leaf $name)@$version MIT"
                }
            }
        )
        $listed = foreach ($component in $sbom.components | Where-Object type -EQ 'library') {
            $component.components | ForEach-Object { "$($_.name) $($component.'bom-ref') $($_.licenses.license.id)" }
        }

        $listed | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'has the dependencies: <Of> on <On>' -ForEach @(
        @{ Of = 'Tokaify.Client'; On = 'Tokaify.Resilience' }
        @{ Of = 'Tokaify.Resilience'; On = 'pkg:nuget/Polly.Core' }
        @{ Of = 'pkg:nuget/System.Text.Json'; On = 'pkg:nuget/System.Memory' }
    ) {
        $needs = ($sbom.dependencies | Where-Object ref -Like "$Of@*").dependsOn

        $needs -like "$On@*" | Should -Not -BeNullOrEmpty
        $needs | Where-Object { $_ -notin $sbom.components.'bom-ref' } | Should -BeNullOrEmpty
    }

    It 'has no time and no serial number' {
        Get-Content -LiteralPath $path -Raw | Should -Not -Match 'timestamp|serialNumber'
    }

    It 'is valid by the schema of CycloneDX, and a damaged one is not' -Skip:(-not $validator) {
        $damaged = Join-Path (Initialize-Folder) 'damaged.cdx.json'
        Set-Content -LiteralPath $damaged -Value ((Get-Content -LiteralPath $path -Raw) -replace 'SHA-256', 'SHA-255')

        $script = "$Root/artifacts/other-clients/cyclonedx/validate.mjs"
        $node = (Get-Command node -CommandType Application | Select-Object -First 1).Source

        & $node $script $path | Should -Be 'valid'
        & $node $script $damaged | Should -Match '"instancePath":"[^"]*/hashes/0/alg"'
    }

    It 'is not created for a module with an assembly that is in no lock file' {
        $copy = Copy-Module
        Copy-Item -LiteralPath "$copy/net8.0/Tokaify.Client.dll" -Destination "$copy/net8.0/Stranger.dll"

        { ConvertTo-Package -Module $copy } | Should -Throw '*Stranger.dll*'
    }
}

Describe 'Signing' {
    BeforeAll {
        # Appends a fake signature to texts, and records its arguments.
        $folder = Initialize-Folder
        $signing = Join-Path $folder 'sign.ps1'
        $log = Join-Path $folder 'signed.txt'
        Set-Content -LiteralPath $signing -Encoding Ascii -Value @"
param([string[]] `$Path)
Add-Content -LiteralPath '$log' -Value `$Path
`$Path | Where-Object { `$_ -notlike '*.dll' } | ForEach-Object { [IO.File]::AppendAllText(`$_, "``n<!-- signed -->") }
"@
        $breaking = Join-Path $folder 'breaking.ps1'
        Set-Content -LiteralPath $breaking -Encoding Ascii -Value 'param([string[]] $Path) throw "The certificate has expired."'
        $littering = Join-Path $folder 'littering.ps1'
        Set-Content -LiteralPath $littering -Encoding Ascii `
            -Value 'param([string[]] $Path) Set-Content -LiteralPath "$($Path[0]).bak" -Value x'
    }

    # If signatures are verified, the text of this script is not a valid one.
    It 'runs before packing, and gets all files that can be signed and are not' -Skip:$verifies {
        $before = Get-ChildItem -LiteralPath $staged -Recurse -File | ForEach-Object { Get-Sha256 $_.FullName }

        $content = Get-PackageText (ConvertTo-Package -Sign $signing).FullName
        $signed = Get-Content -LiteralPath $log | ForEach-Object { ($_.Replace('\', '/') -split '/Tokaify.PowerShell/', 2)[1] }

        $ours = $content.Keys -match '(^|/)Tokaify\.[^/]+\.(dll|ps1xml|psd1)$'
        $signed | Where-Object { $_ -match 'Tokaify\.' } | Sort-Object | Should -Be ($ours | Sort-Object)
        $signed | Should -Not -Contain 'netstandard2.0/dependencies/System.Text.Json.dll' -Because 'Microsoft has signed it'
        $content['Tokaify.PowerShell.Format.ps1xml'] | Should -BeLike '*<!-- signed -->'
        Get-ChildItem -LiteralPath $staged -Recurse -File | ForEach-Object { Get-Sha256 $_.FullName } |
            Should -Be $before -Because 'the staged module stays as it is'
    }

    # Only if the system does not verify signatures, because it would not trust a certificate of a test.
    It 'with real signatures gives a package in which each signature is valid' -Skip:($signer -or $verifies) {
        $keys = Initialize-Folder
        openssl req -x509 -newkey rsa:2048 -nodes -keyout "$keys/key.pem" -out "$keys/certificate.pem" `
            -subj /CN=Test -days 2 -addext extendedKeyUsage=codeSigning 2>$null
        Set-Content -LiteralPath "$keys/sign.ps1" -Encoding Ascii -Value @"
param([string[]] `$Path)
foreach (`$file in `$Path) {
    osslsigncode sign -certs '$keys/certificate.pem' -key '$keys/key.pem' -h sha256 -in `$file -out "`$file.signed" | Out-Null
    Move-Item -LiteralPath "`$file.signed" -Destination `$file -Force
}
"@
        $unpacked = Initialize-Folder
        [System.IO.Compression.ZipFile]::ExtractToDirectory((ConvertTo-Package -Sign "$keys/sign.ps1").FullName, $unpacked)

        $files = Get-ChildItem -LiteralPath $unpacked -Recurse -Include Tokaify.*.dll, *.psd1, *.ps1xml
        $files.Count | Should -BeGreaterThan 10
        foreach ($file in $files) {
            $null = osslsigncode verify -CAfile "$keys/certificate.pem" -in $file.FullName
            $LASTEXITCODE | Should -Be 0 -Because $file.FullName
        }
        Get-SbomDifference $unpacked | Should -BeNullOrEmpty -Because 'the SBOM is made of what was signed'
    }

    It 'that fails leaves no package' {
        $destination = Initialize-Folder

        { ConvertTo-Package -Destination $destination -Sign $breaking } | Should -Throw '*expired*'

        Get-ChildItem -LiteralPath $destination | Should -BeNullOrEmpty
    }

    It 'that adds files ends in an error' {
        { ConvertTo-Package -Sign $littering } | Should -Throw '*added files*'
    }

    # Elsewhere it is not known whether a file is signed.
    It 'that signs nothing ends in an error' -Skip:(-not (Get-Command Get-AuthenticodeSignature -ErrorAction Ignore)) {
        $idle = Join-Path (Initialize-Folder) 'idle.ps1'
        Set-Content -LiteralPath $idle -Encoding Ascii -Value 'param([string[]] $Path)'

        { ConvertTo-Package -Sign $idle } | Should -Throw '*Not signed*'
    }
}
