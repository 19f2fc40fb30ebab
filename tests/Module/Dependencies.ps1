# Shared by the tests of the module's dependencies.

$Root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath

# Returns the table in the notices: a row for each package.
function Get-NoticedPackage {
    $inTable = $false
    foreach ($line in Get-Content -LiteralPath "$Root/module/THIRD-PARTY-NOTICES.txt") {
        $cells = @($line -split ' {2,}')
        if ($cells[0] -eq 'Package') {
            $inTable = $true
        }
        elseif ($inTable -and $cells.Count -eq 4) {
            @{ Name = $cells[0]; Version = $cells[1]; Licence = $cells[2]; Edition = $cells[3] }
        }
        elseif ($inTable) {
            return
        }
    }
}

# The third-party assemblies in the module that the build staged, relative to it.
function Get-ShippedLibrary {
    $version = ([xml] (Get-Content -LiteralPath "$Root/Directory.Build.props" -Raw)).Project.PropertyGroup.Version
    $module = (Resolve-Path -LiteralPath "$Root/output/Tokaify.PowerShell/$version").ProviderPath
    Get-ChildItem -LiteralPath $module -Recurse -Filter *.dll |
        Where-Object Name -NotLike 'Tokaify.*' |
        ForEach-Object { $_.FullName.Substring($module.Length + 1).Replace('\', '/') }
}

# The manifest of a package, as XML, from the folder in which NuGet keeps restored packages.
function Get-PackageSpecification {
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Version)

    $packages = if ($env:NUGET_PACKAGES) { $env:NUGET_PACKAGES } else { Join-Path $HOME '.nuget/packages' }
    $id = $Name.ToLowerInvariant()
    [xml] (Get-Content -LiteralPath "$packages/$id/$Version/$id.nuspec" -Raw -ErrorAction Ignore)
}
