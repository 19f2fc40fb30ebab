# The module's way through the Gallery: packed, published, found, installed, used, updated. The Gallery is a folder.

BeforeDiscovery {
    $reason = if (-not (Get-Module -ListAvailable -Name Microsoft.PowerShell.PSResourceGet)) {
        'Microsoft.PowerShell.PSResourceGet is not installed'
    }
    if ($reason) {
        Write-Information "The test of the Gallery's commands is left out: $reason." -InformationAction Continue
    }
    $verifies = [bool] (Get-Command Get-AuthenticodeSignature -ErrorAction Ignore)
    $signer = 'openssl', 'osslsigncode' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
    if ($signer) {
        Write-Information "The test with real signatures is left out: $($signer -join ' and ') not installed." -InformationAction Continue
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Clear-Session
    Add-Type -AssemblyName System.IO.Compression, System.IO.Compression.FileSystem
    $version = (Get-Module Tokaify.PowerShell).Version
    $laid = Join-Path $BuiltModule $version

    # The laid module in a folder of the test's own, under another version if one is given.
    function Copy-Module {
        param([string] $As = $version)

        $copy = Join-Path (Initialize-Folder) 'Tokaify.PowerShell'
        Copy-Item -LiteralPath $laid -Destination $copy -Recurse
        $manifest = Join-Path $copy 'Tokaify.PowerShell.psd1'
        $text = (Get-Content -LiteralPath $manifest -Raw) -replace "(ModuleVersion\s*=\s*)'$version'", "`$1'$As'"
        Set-Content -LiteralPath $manifest -Value $text -NoNewline
        $copy
    }

    function ConvertTo-Package {
        param([string] $Module = $laid, [string] $Destination = (Initialize-Folder), [string] $Sign)

        & "$Root/module/Pack.ps1" -Path $Module -Destination $Destination -Sign $Sign 6>$null |
            Where-Object { $_ -is [System.IO.FileInfo] }
    }

    # What a package holds: texts by the names of the entries.
    function Get-PackageText {
        param([Parameter(Mandatory)] [string] $Path)

        $texts = [ordered] @{}
        $archive = [System.IO.Compression.ZipFile]::OpenRead($Path)
        try {
            foreach ($entry in $archive.Entries) {
                $reader = [System.IO.StreamReader]::new($entry.Open())
                $texts[[uri]::UnescapeDataString($entry.FullName)] = $reader.ReadToEnd()
                $reader.Dispose()
            }
        }
        finally {
            $archive.Dispose()
        }
        $texts
    }

    # Runs a script in a PowerShell of its own whose user has nothing: no modules, no repositories, no profile. On Windows
    # the user's folders cannot be moved, so there the scripts keep to what they are given. The output's last line is JSON.
    function Invoke-AsNewUser {
        param([Parameter(Mandatory)] [string] $Script, [Parameter(Mandatory)] [string] $UserFolder, [object[]] $Arguments = @())

        $file = Join-Path (Initialize-Folder) 'script.ps1'
        Set-Content -LiteralPath $file -Encoding Ascii `
            -Value "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'`n& {$Script} @args"
        $settings = @{
            HOME             = $UserFolder
            XDG_DATA_HOME    = $null
            XDG_CONFIG_HOME  = $null
            XDG_CACHE_HOME   = $null
            PSModulePath     = Join-Path $UserFolder 'Modules'
            TOKAIFY_BASE_URL = "$((Get-TokaifyContext).BaseUri)"
            TOKAIFY_API_KEY  = 'key'
        }
        $before = @{}
        foreach ($name in $settings.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $settings[$name])
        }
        try {
            $output = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File $file @Arguments 2>&1
        }
        finally {
            foreach ($name in $before.Keys) {
                [Environment]::SetEnvironmentVariable($name, $before[$name])
            }
        }
        if ($LASTEXITCODE -ne 0) {
            throw "The script failed: $($output | Out-String)"
        }
        $output | Select-Object -Last 1 | ConvertFrom-Json
    }

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

    It 'holds the files of the module, and nothing else but what every package has' {
        $laidFiles = Get-ChildItem -LiteralPath $laid -Recurse -File |
            ForEach-Object { $_.FullName.Substring($laid.Length + 1).Replace('\', '/') }
        $ofEvery = @(
            '_rels/.rels', '[Content_Types].xml', 'Tokaify.PowerShell.nuspec'
            'package/services/metadata/core-properties/nuget.psmdcp'
        )

        $content.Keys | Where-Object { $_ -notin $ofEvery } | Sort-Object | Should -Be ($laidFiles | Sort-Object)
    }

    It 'says what the Gallery shows' {
        $shown = ([xml] $content['Tokaify.PowerShell.nuspec']).package.metadata
        $manifest = Test-ModuleManifest "$laid/Tokaify.PowerShell.psd1"

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
        foreach ($tag in (Test-ModuleManifest "$laid/Tokaify.PowerShell.psd1").Tags) {
            $tags | Should -Contain $tag
        }
    }

    It 'is the same, byte for byte, when the same files are packed at another time in another place' {
        $copy = Copy-Module
        Get-ChildItem -LiteralPath $copy -Recurse -File | ForEach-Object { $_.LastWriteTime = [datetime] '2001-02-03' }

        Get-Sha256 (ConvertTo-Package -Module $copy).FullName | Should -Be (Get-Sha256 $package.FullName)
    }

    It 'names no folder of whoever built it' {
        $assemblies = Get-ChildItem -Path "$laid/*/Tokaify.*.dll", "$laid/*/dependencies/Tokaify.*.dll"

        $assemblies | Should -Not -BeNullOrEmpty
        foreach ($assembly in $assemblies) {
            [System.Text.Encoding]::ASCII.GetString([System.IO.File]::ReadAllBytes($assembly.FullName)).Contains($Root) |
                Should -BeFalse -Because $assembly.FullName
        }
    }
}

Describe 'Signing' {
    BeforeAll {
        # Appends to texts what a signature looks like, and writes down what it was given.
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

    # Where signatures are verified, what this script writes is none.
    It 'comes before packing, and is given all that can be signed and is not' -Skip:$verifies {
        $before = Get-ChildItem -LiteralPath $laid -Recurse -File | ForEach-Object { Get-Sha256 $_.FullName }

        $content = Get-PackageText (ConvertTo-Package -Sign $signing).FullName
        $signed = Get-Content -LiteralPath $log | ForEach-Object { ($_.Replace('\', '/') -split '/Tokaify.PowerShell/', 2)[1] }

        $ours = $content.Keys -match '(^|/)Tokaify\.[^/]+\.(dll|ps1xml|psd1)$'
        $signed | Where-Object { $_ -match 'Tokaify\.' } | Sort-Object | Should -Be ($ours | Sort-Object)
        $signed | Should -Not -Contain 'netstandard2.0/dependencies/System.Text.Json.dll' -Because 'Microsoft has signed it'
        $content['Tokaify.PowerShell.Format.ps1xml'] | Should -BeLike '*<!-- signed -->'
        Get-ChildItem -LiteralPath $laid -Recurse -File | ForEach-Object { Get-Sha256 $_.FullName } |
            Should -Be $before -Because 'the laid module stays as it is'
    }

    # Only where signatures are not verified by the system: it would not trust a certificate made up for a test.
    It 'with real signatures gives a package in which each holds' -Skip:($signer -or $verifies) {
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
    }

    It 'that fails leaves no package' {
        $destination = Initialize-Folder

        { ConvertTo-Package -Destination $destination -Sign $breaking } | Should -Throw '*expired*'

        Get-ChildItem -LiteralPath $destination | Should -BeNullOrEmpty
    }

    It 'that adds files ends in an error' {
        { ConvertTo-Package -Sign $littering } | Should -Throw '*added files*'
    }

    It 'that signs nothing ends in an error' -Skip:(-not (Get-Command Get-AuthenticodeSignature -ErrorAction Ignore)) {
        $idle = Join-Path (Initialize-Folder) 'idle.ps1'
        Set-Content -LiteralPath $idle -Encoding Ascii -Value 'param([string[]] $Path)'

        { ConvertTo-Package -Sign $idle } | Should -Throw '*Not signed*'
    }
}

Describe 'From the Gallery' -Skip:([bool] $reason) {
    BeforeAll {
        Start-TokaifyEmulator
        $user = Initialize-Folder
        $gallery = Initialize-Folder
        $packages = $package.FullName, (ConvertTo-Package -Module (Copy-Module -As '99.0.0')).FullName
        $album = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $album

        # Registered under a name that nobody has, and forgotten again.
        $found = Invoke-AsNewUser -UserFolder $user `
            -Arguments $gallery, (Join-Path $user 'Modules'), $version, $packages[0], $packages[1] -Script @'
param($Gallery, $Modules, $Version, $First, $Second)
$name = [guid]::NewGuid().ToString('N')
Register-PSResourceRepository -Name $name -Uri $Gallery -Trusted
try {
    Publish-PSResource -NupkgPath $First -Repository $name
    Publish-PSResource -NupkgPath $Second -Repository $name
    $found = Find-PSResource -Name Tokaify.PowerShell -Version * -Repository $name
    $null = New-Item -ItemType Directory -Path $Modules -Force
    Save-PSResource -Name Tokaify.PowerShell -Version $Version -Repository $name -Path $Modules
    $installed = @()
    # Elsewhere the user's folder is the test's own.
    if ($PSVersionTable.PSVersion.Major -ge 6 -and -not $IsWindows) {
        Install-PSResource -Name Tokaify.PowerShell -Version $Version -Repository $name
        Update-PSResource -Name Tokaify.PowerShell -Repository $name
        $installed = Get-InstalledPSResource -Name Tokaify.PowerShell | ForEach-Object { "$($_.Version)" }
    }
}
finally {
    Unregister-PSResourceRepository -Name $name
}
@{ Found = @($found | ForEach-Object { "$($_.Version)" }); Installed = @($installed); Author = $found[0].Author } | ConvertTo-Json -Compress
'@
        # Runs the main job by its name alone.
        $job = @'
param($Pictures)
$result = Get-ChildItem $Pictures -Filter plain.png | Invoke-TokaifyImageEdit 'Change the background to a seaside sunset.'
$module = (Get-Command Invoke-TokaifyImageEdit).Module
@{ Status = "$($result.Status)"; Path = $result.Path; Version = "$($module.Version)"; Base = $module.ModuleBase } | ConvertTo-Json -Compress
'@
    }

    It 'it is published and found, in both versions' {
        $found.Found | Sort-Object | Should -Be "$version", '99.0.0'
        $found.Author | Should -Be 'Tokaify.PowerShell contributors'
    }

    It 'it is saved as it was packed' {
        $saved = Join-Path $user "Modules/Tokaify.PowerShell/$version"
        foreach ($file in Get-ChildItem -LiteralPath $laid -Recurse -File) {
            Get-Sha256 (Join-Path $saved $file.FullName.Substring($laid.Length)) | Should -Be (Get-Sha256 $file.FullName)
        }
    }

    It 'it edits in a fresh session that has only its name' {
        $other = Initialize-Folder
        $null = New-Item -ItemType Directory -Path "$other/Modules"
        Copy-Item -LiteralPath "$user/Modules/Tokaify.PowerShell" -Destination "$other/Modules" -Recurse

        $run = Invoke-AsNewUser -UserFolder $other -Script $job -Arguments $album

        $run.Status | Should -Be 'Saved'
        $run.Path | Should -Exist
        $run.Version | Should -Be "$version"
        $run.Base | Should -Be (Join-Path $other "Modules/Tokaify.PowerShell/$version")
    }

    It 'an update stands beside the version before, and a new session takes the newer' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $found.Installed | Sort-Object | Should -Be "$version", '99.0.0'

        $run = Invoke-AsNewUser -UserFolder $user -Script $job -Arguments $album

        $run.Status | Should -Be 'Saved'
        $run.Version | Should -Be '99.0.0'
    }

    It 'the version before is still there for who asks for it' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $run = Invoke-AsNewUser -UserFolder $user -Arguments $album, $version `
            -Script "param(`$Pictures, `$Version) Import-Module Tokaify.PowerShell -RequiredVersion `$Version`n& {$job} `$Pictures"

        $run.Status | Should -Be 'Saved'
        $run.Version | Should -Be "$version"
    }

    It 'a session that has one version keeps it when the other is asked for, and goes on' -Skip:($PSEdition -eq 'Desktop' -or $IsWindows) {
        $run = Invoke-AsNewUser -UserFolder $user -Arguments $album, $version -Script @'
param($Pictures, $Version)
Import-Module Tokaify.PowerShell -RequiredVersion $Version
$refused = try { Import-Module Tokaify.PowerShell -RequiredVersion 99.0.0; $false } catch { $true }
$result = Get-ChildItem $Pictures -Filter plain.png | Invoke-TokaifyImageEdit 'Sunset'
@{ Refused = $refused; Version = "$((Get-Module Tokaify.PowerShell).Version)"; Status = "$($result.Status)" } | ConvertTo-Json -Compress
'@

        $run.Refused | Should -BeTrue
        $run.Version | Should -Be "$version"
        $run.Status | Should -Be 'Saved'
    }
}
