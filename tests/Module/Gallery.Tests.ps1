# The module in the Gallery: packed, published, found, installed, used, updated. The Gallery is a folder here.

BeforeDiscovery {
    $reason = if (-not (Get-Module -ListAvailable -Name Microsoft.PowerShell.PSResourceGet)) {
        'Microsoft.PowerShell.PSResourceGet is not installed'
    }
    if ($reason) {
        Write-Information "The test of the Gallery's commands is left out: $reason." -InformationAction Continue
    }
    # On Windows the user's folders cannot be changed by the environment, so nothing is installed for the user there.
    $hasNoHome = $PSEdition -eq 'Desktop' -or $IsWindows
    $isConnected = $true
    if (-not $hasNoHome -and -not $reason) {
        . "$PSScriptRoot/Offline.ps1"
        $isConnected = -not (Test-Offline)
        if ($isConnected) {
            Write-Information 'docs/install.md is walked with a network: no namespaces can be made here.' -InformationAction Continue
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Package.ps1"
    Clear-Session
    $package = ConvertTo-Package
    $packages = $package.FullName, (ConvertTo-Package -Module (Copy-Module -As '99.0.0')).FullName
}

AfterAll {
    Restore-Session
}

Describe 'From the Gallery' -Skip:([bool] $reason) {
    BeforeAll {
        Start-TokaifyEmulator
        $user = Initialize-Folder
        $gallery = Initialize-Folder
        $album = Initialize-Folder
        $null = Copy-Picture -Name plain.png -To $album

        # Registered under an unused name, and removed afterwards.
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
        # Runs the main job, with the module found by its name.
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
        foreach ($file in Get-ChildItem -LiteralPath $staged -Recurse -File) {
            Get-Sha256 (Join-Path $saved $file.FullName.Substring($staged.Length)) | Should -Be (Get-Sha256 $file.FullName)
        }
    }

    # Elsewhere the steps of docs/install.md are run, which copy the saved module.
    It 'it edits in a fresh session that has only its name' -Skip:(-not $hasNoHome) {
        $other = Initialize-Folder
        $null = New-Item -ItemType Directory -Path "$other/Modules"
        Copy-Item -LiteralPath "$user/Modules/Tokaify.PowerShell" -Destination "$other/Modules" -Recurse

        $run = Invoke-AsNewUser -UserFolder $other -Script $job -Arguments $album

        $run.Status | Should -Be 'Saved'
        $run.Path | Should -Exist
        $run.Version | Should -Be "$version"
        $run.Base | Should -Be (Join-Path $other "Modules/Tokaify.PowerShell/$version")
    }

    It 'an update is installed beside the version before, which can still be imported' -Skip:$hasNoHome {
        $found.Installed | Sort-Object | Should -Be "$version", '99.0.0'

        $run = Invoke-AsNewUser -UserFolder $user -Arguments $album, $version `
            -Script "param(`$Pictures, `$Version) Import-Module Tokaify.PowerShell -RequiredVersion `$Version`n& {$job} `$Pictures"

        $run.Status | Should -Be 'Saved'
        $run.Version | Should -Be "$version"
    }

    It 'a session with one version keeps it when the other one is imported, and goes on' -Skip:$hasNoHome {
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

# Each block of the page, as a reader would run it, without network if the system allows this for a test.
Describe 'docs/install.md' -Skip:([bool] $reason -or $hasNoHome) {
    BeforeAll {
        $page = (Get-Content -LiteralPath "$Root/docs/install.md" -Raw).Replace("`r`n", "`n")
        $blocks = @{}
        foreach ($section in [regex]::Matches($page, '(?ms)^## (?<heading>[^\n]+)\n(?<text>.*?)(?=^## |\z)')) {
            $code = [regex]::Match($section.Groups['text'].Value, '(?ms)^```powershell\n(.*?)\n```')
            if ($code.Success) {
                $blocks[$section.Groups['heading'].Value] = $code.Groups[1].Value
            }
        }
        $walked = [System.Collections.Generic.List[string]]::new()
        $isOffline = Test-Offline

        # A user's folder in which a folder of packages is registered in place of the Gallery.
        $source = Initialize-Folder
        Copy-Item -LiteralPath $packages[0] -Destination $source
        $prepared = Initialize-Folder
        $null = Invoke-AsNewUser -UserFolder $prepared -Arguments $source -Script @'
param($Source)
Unregister-PSResourceRepository -Name PSGallery
Register-PSResourceRepository -Name Packages -Uri $Source -Trusted
'{}'
'@

        # A machine: a user and the user's working folder, with the copied files.
        function Initialize-Machine {
            $machine = @{ User = Initialize-Folder; Work = Initialize-Folder }
            Get-ChildItem -LiteralPath $prepared -Force | Copy-Item -Destination $machine.User -Recurse
            Copy-Item -Path "$($package.DirectoryName)/*.zip", "$($package.DirectoryName)/SHA256SUMS" -Destination $machine.Work
            $null = Copy-Picture plain.png -To $machine.Work
            $machine
        }

        # Runs the block below a heading, then what follows, in one new session.
        function Invoke-Block {
            param([hashtable] $Machine, [string] $Heading, [string] $Then)

            $walked.Add($Heading)
            $block = $blocks[$Heading].Replace('1.2.3', "$version").Replace('1.3.0', '99.0.0').Replace('/srv/packages', $source)
            Invoke-AsNewUser -UserFolder $Machine.User -Arguments $Machine.Work -Offline:$isOffline `
                -Script "param(`$Work) Set-Location `$Work`n`$shown = @(. {`n$block`n})`n$Then"
        }

        $edit = @'
Start-TokaifyEmulator
$result = Invoke-TokaifyImageEdit Night plain.png -Destination edited
$module = (Get-Command Invoke-TokaifyImageEdit).Module
$routes = @(Get-Content /proc/net/route -ErrorAction Ignore).Count
@{ Status = "$($result.Status)"; Version = "$($module.Version)"; Base = $module.ModuleBase; Shown = "$($shown[0])"; Routes = $routes } |
    ConvertTo-Json -Compress
'@
        $look = '@{ Left = @(Get-Module -ListAvailable Tokaify.PowerShell).Count } | ConvertTo-Json -Compress'
        $machine = Initialize-Machine
    }

    It 'installs for one user' {
        $run = Invoke-Block -Machine $machine -Heading 'From the Gallery' -Then $edit

        $run.Status, $run.Version | Should -Be 'Saved', "$version"
        $run.Base | Should -BeLike "$($machine.User)/*"
        if ($isOffline) {
            $run.Routes | Should -Be 1 -Because 'there is only the heading of the table'
        }
    }

    It 'updates' {
        $newer = Copy-Item -LiteralPath $packages[1] -Destination $source -PassThru

        (Invoke-Block -Machine $machine -Heading 'Update' -Then $edit).Version | Should -Be '99.0.0'
        Remove-Item -LiteralPath $newer.FullName
    }

    It 'goes back' {
        (Invoke-Block -Machine $machine -Heading 'Go back to the version before' -Then $edit).Version | Should -Be "$version"
    }

    It 'removes' {
        (Invoke-Block -Machine $machine -Heading 'Remove' -Then $look).Left | Should -Be 0
    }

    It 'installs for all users' -Skip:$isConnected {
        $run = Invoke-Block -Machine (Initialize-Machine) -Heading 'From the Gallery, for all users' -Then $edit

        $run.Status | Should -Be 'Saved'
        $run.Base | Should -Be "/usr/local/share/powershell/Modules/Tokaify.PowerShell/$version"
    }

    It 'installs from a folder of packages' {
        $run = Invoke-Block -Machine (Initialize-Machine) -Heading 'From a folder of packages, or a feed of your own' -Then $edit

        $run.Status | Should -Be 'Saved'
    }

    It 'saves on one machine, copies to another, and removes' {
        $connected, $other = (Initialize-Machine), (Initialize-Machine)
        (Invoke-Block -Machine $connected -Heading 'Save where there is a network' -Then $look).Left | Should -Be 0
        Move-Item -LiteralPath "$($connected.Work)/saved" -Destination $other.Work

        $run = Invoke-Block -Machine $other -Heading 'Copy where there is none' -Then $edit
        $run.Status | Should -Be 'Saved'
        $run.Base | Should -BeLike "$($other.User)/*"
        (Invoke-Block -Machine $other -Heading 'Remove what was copied or unpacked' -Then $look).Left | Should -Be 0
    }

    It 'checks and unpacks the archive' {
        $run = Invoke-Block -Machine (Initialize-Machine) -Heading 'From the release''s archive' -Then $edit

        $run.Status, $run.Shown | Should -Be 'Saved', 'True'
    }

    It 'has only blocks that were run' -Skip:$isConnected {
        $walked | Sort-Object -Unique | Should -Be ($blocks.Keys | Sort-Object)
        $blocks.Count | Should -Be ([regex]::Matches($page, '(?m)^```powershell$').Count)
    }
}
