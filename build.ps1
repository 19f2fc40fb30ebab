#Requires -Version 5.1

<#
.SYNOPSIS
    Builds, tests, demonstrates and packs Tokaify.PowerShell.
.DESCRIPTION
    Build        builds the solution and stages the module in output/Tokaify.PowerShell/<version>/
    Test         builds, then runs every check and test; the last line is the count, in which a check is one test
    Coverage     builds, then runs the xunit tests and prints how much of each assembly they reach
    TestWindows  builds, then runs the tests of files, names and journals for Windows, under Wine
    Demo         builds, then edits the sample images against the emulator
    Pack         builds, then makes the module's package and its accompanying files in output/packages/; -Sign signs it
    Benchmark    builds, then runs the benchmarks; -Quick takes two minutes instead of ten
    Clean        removes all build output

    The module's tests and the demo run in the PowerShell that runs this script.
#>
[CmdletBinding()]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingWriteHost', '', Justification = 'Said to a person, not to a pipeline.')]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Coverage', 'TestWindows', 'Demo', 'Pack', 'Benchmark', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    [switch] $Quick,

    # For Pack: a script that signs the files whose paths it gets as -Path. module/Pack.ps1 says when it is called.
    [string] $Sign
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$script:PSNativeCommandUseErrorActionPreference = $false

$env:DOTNET_CLI_TELEMETRY_OPTOUT = 1
$env:POWERSHELL_TELEMETRY_OPTOUT = 1
$env:DOTNET_NOLOGO = 1

$Results = "$PSScriptRoot/artifacts/test-results"
$Output = "$PSScriptRoot/output"
$SavedModules = "$PSScriptRoot/.tools/modules"
# A PowerShell that was installed as a .NET tool runs inside `dotnet`. The program to start is beside its own files.
$PowerShell = @("$PSHOME/pwsh", "$PSHOME/pwsh.exe", (Get-Process -Id $PID).Path |
        Where-Object { Test-Path -LiteralPath $_ -PathType Leaf })[0]
$BuildOptions = '--configuration', $Configuration, '--nologo'
$BenchmarkOptions = @(if ($Quick) { '-Quick' })
$PackOptions = @{ Sign = $Sign }

# The lowest version that the tests need, and the first one that is too new for them. tests/Pester.proj has the one to restore.
$PesterVersion = '5.7.0', '6.0.0'
$AnalyzerVersion = '1.23.0', '2.0.0'

#region Tasks

function Invoke-Build {
    dotnet build Tokaify.PowerShell.sln '-p:StageModule=true' "-p:PowerShellPath=$PowerShell" @BuildOptions | Out-Host
    Assert-Success 'The build failed.'
}

function Invoke-Demo {
    Invoke-Build
    & $PowerShell -NoProfile -File examples/demo.ps1 | Out-Host
    Assert-Success 'The demo failed.'
}

function Invoke-Pack {
    Invoke-Build
    $module = Get-ChildItem -LiteralPath "$Output/Tokaify.PowerShell" -Directory |
        Sort-Object -Property { [version] $_.Name } |
        Select-Object -Last 1
    $package = & "$PSScriptRoot/module/Pack.ps1" -Path $module.FullName -Destination "$Output/packages" @PackOptions
    Write-Host "The package is $($package.FullName), $([Math]::Ceiling($package.Length / 1KB)) KB."
    Write-Host 'Beside it are its archive, its SBOM and checksums.'
}

function Invoke-Benchmark {
    Invoke-Build
    dotnet run --configuration Release --project benchmarks -- @BenchmarkOptions | Out-Host
    Assert-Success 'The benchmarks failed.'
}

function Invoke-Clean {
    $folders = @('artifacts', 'output' | Where-Object { Test-Path -LiteralPath $_ })
    $folders | Remove-Item -Recurse -Force
    Write-Host $(if ($folders) { "Removed $($folders -replace '$', '/' -join ' and ')." } else { 'Nothing to remove.' })
}

function Invoke-Coverage {
    Invoke-Build
    $folder = "$PSScriptRoot/artifacts/coverage"
    Remove-Item -LiteralPath $folder -Recurse -ErrorAction Ignore
    # Those for .NET Framework run the same tests on other builds.
    $projects = Get-ChildItem -Path tests/*/*.csproj |
        Where-Object BaseName -NotIn 'Tokaify.NetFramework.Tests', 'Tokaify.Wine.Tests'
    foreach ($project in $projects) {
        # Instrumented in memory, a run that also ends processes of its own loses most of its numbers. So the assemblies are instrumented on
        # the disk, except for the hosted tests, which load the staged module.
        $options = '--no-build', '--settings', 'tests/Coverage.runsettings'
        if (Select-String -LiteralPath $project.FullName -Pattern 'Include="Microsoft.PowerShell.SDK"' -Quiet) {
            if (-not (Restore-Project $project.FullName -Package Microsoft.PowerShell.SDK -Part 'the hosted tests')) {
                continue
            }
            $options = @('--no-restore')
        }
        dotnet test $project.FullName @options @BuildOptions --collect 'Code Coverage;Format=cobertura' `
            --results-directory "$folder/$($project.BaseName)" | Out-Host
        Assert-Success "Tests of $($project.BaseName) failed: coverage is not counted."
    }
    & "$PSScriptRoot/tests/Measure-Coverage.ps1" -Path $folder | Out-Host
}

function Invoke-TestWindows {
    if (-not (Get-Command -Name wine-stable, wine -CommandType Application -ErrorAction Ignore)) {
        throw 'Wine is not installed. On Debian and Ubuntu: apt-get install --no-install-recommends wine wine64'
    }
    Invoke-Build
    $published = "$PSScriptRoot/artifacts/publish/Tokaify.Wine.Tests"
    dotnet publish tests/Tokaify.Wine.Tests @BuildOptions --output $published | Out-Host
    Assert-Success 'The tests cannot be published for Windows: the package source needs Microsoft.NETCore.App.Runtime.win-x64.'
    $folder = (New-Item -ItemType Directory -Path "$Results/wine" -Force).FullName
    Get-ChildItem -LiteralPath $folder | Remove-Item
    & $PowerShell -NoProfile -File tests/Invoke-WineTest.ps1 -Program "$published/Tokaify.Client.Tests.exe" `
        -Module "$Output/Tokaify.PowerShell" -Results $folder | Out-Host
    Assert-Success 'The tests for Windows failed.'
}

function Invoke-Test {
    Remove-Item -LiteralPath $Results -Recurse -ErrorAction Ignore
    $null = New-Item -ItemType Directory -Path $Results -Force
    try {
        Invoke-Build
    }
    catch {
        Add-Suite -Name 'build' -Failed 1
        return Complete-Test
    }
    Test-Format
    $beside = $null
    foreach ($project in Get-ChildItem -Path tests/*/*.csproj) {
        switch ($project.BaseName) {
            'Tokaify.Hosted.Tests' { Test-HostedProject $project }
            'Tokaify.NetFramework.Tests' { $beside = Open-NetFramework $project }
            # TestWindows runs it.
            'Tokaify.Wine.Tests' { }
            default { Test-Project $project '--no-build' }
        }
    }
    Test-Benchmark
    Test-Module
    Complete-NetFramework $beside
    Test-Script
    Complete-Test
}

#endregion

#region Suites

function Test-Format {
    dotnet format whitespace . --folder --verify-no-changes --exclude artifacts output .tools | Out-Host
    Add-Suite -Name 'formatter' -Passed ([int]($LASTEXITCODE -eq 0)) -Failed ([int]($LASTEXITCODE -ne 0))
}

function Test-Project {
    param($Project, $Ready)

    $name = $Project.BaseName
    dotnet test $Project.FullName $Ready @BuildOptions --results-directory $Results --logger "trx;LogFileName=$name.trx" |
        Out-Host
    Add-TrxRun -Name $name -Status $LASTEXITCODE
}

# Windows has .NET Framework; on other systems Mono replaces it. It runs beside the next suites, because it needs only one core.
function Open-NetFramework {
    param($Project)

    $name = $Project.BaseName
    $program = "artifacts/bin/$name/$($Configuration.ToLowerInvariant())/Tokaify.Client.Tests.exe"
    $run = @{ Name = $name; FilePath = $program; Arguments = "`"$Results/$name.trx`"" }
    if ([Environment]::OSVersion.Platform -ne 'Win32NT') {
        if (-not (Get-Command mono -CommandType Application -ErrorAction Ignore)) {
            Add-LeftOut 'Mono is not installed: the tests of the build for Windows PowerShell are left out.'
            return
        }
        # With the default nursery of 4 MB, a fifth of the time goes into garbage collection.
        $env:MONO_GC_PARAMS = 'nursery-size=64m'
        $run.FilePath = 'mono'
        $run.Arguments = "$program $($run.Arguments)"
    }
    $run.Process = Open-Beside $run
    $run
}

function Open-Beside {
    param([hashtable] $Run)

    $process = Start-Process -FilePath $Run.FilePath -ArgumentList $Run.Arguments -NoNewWindow -PassThru `
        -RedirectStandardOutput "$Results/$($Run.Name).log" -RedirectStandardError "$Results/$($Run.Name).errors.log"
    # Without the handle there is no exit code.
    $null = $process.Handle
    $process
}

# If a signal ends Mono, or one of its tests hangs (192), it runs once more. A failed test is not repeated.
function Complete-NetFramework {
    param([hashtable] $Run)

    if (-not $Run) {
        return
    }
    $Run.Process.WaitForExit()
    if ($Run.Process.ExitCode -gt 128) {
        Write-Host "Mono ended with $($Run.Process.ExitCode): its tests run once more."
        $Run.Process = Open-Beside $Run
        $Run.Process.WaitForExit()
    }
    Get-Content -LiteralPath "$Results/$($Run.Name).log" | Out-Host
    Add-TrxRun -Name $Run.Name -Status $Run.Process.ExitCode
}

function Test-HostedProject {
    param($Project)

    if (Restore-Project $Project.FullName -Package Microsoft.PowerShell.SDK -Part 'the hosted tests') {
        Test-Project $Project '--no-restore'
    }
}

# The benchmarks are built, not run.
function Test-Benchmark {
    if (Restore-Project benchmarks/Tokaify.Benchmarks.csproj -Package BenchmarkDotNet -Part 'the benchmarks') {
        dotnet build benchmarks --no-restore @BuildOptions | Out-Host
        Add-Suite -Name 'benchmarks' -Passed ([int]($LASTEXITCODE -eq 0)) -Failed ([int]($LASTEXITCODE -ne 0))
    }
}

# Whether a project can be restored. It needs a package that not every package source has.
function Restore-Project {
    param([string] $Project, [string] $Package, [string] $Part)

    $restore = dotnet restore $Project
    if ($LASTEXITCODE -eq 0) {
        return $true
    }
    if ($restore -match 'error NU(1101|1102|1103|1301|1603)') {
        Add-LeftOut "$Package cannot be had from the package source: $Part are left out."
    }
    else {
        $restore | Out-Host
        Add-Suite -Name (Get-Item -LiteralPath $Project).BaseName -Failed 1
    }
    $false
}

function Test-Module {
    $pester = Find-Tool Pester $PesterVersion
    if (-not $pester) {
        $wanted = "Pester $($PesterVersion[0]) or later"
        Add-LeftOut "$wanted is not installed, and neither the package source nor the Gallery has it: the Pester suite is left out."
        return
    }
    $folder = (New-Item -ItemType Directory -Path "$Results/Pester").FullName
    # Most tests wait: for responses, for other processes, for time-outs.
    $workers = foreach ($number in 1..([Environment]::ProcessorCount + 1)) {
        Start-Process -FilePath $PowerShell -PassThru -NoNewWindow -ArgumentList @(
            '-NoProfile', '-File', "`"$PSScriptRoot/tests/Invoke-PesterSuite.ps1`"", '-Pester', "`"$pester`"", '-Results', "`"$folder`"")
    }
    # In Windows PowerShell, an ended process without its handle has no exit code.
    $null = $workers.Handle
    $workers.WaitForExit()
    Add-PesterRun $folder -Status (($workers.ExitCode | Measure-Object -Maximum).Maximum)
}

# A file that was started and has no counts was broken off.
function Add-PesterRun {
    param([string] $Folder, [int] $Status)

    $runs = @(Get-ChildItem -Path "$Folder/*.json" | ForEach-Object { Get-Content -LiteralPath $_.FullName -Raw | ConvertFrom-Json })
    $broken = @(Get-ChildItem -Path "$Folder/*.taken" | Where-Object { -not (Test-Path -LiteralPath "$Folder/$($_.BaseName).json") })
    $passed = $failed = $skipped = 0
    foreach ($run in $runs) {
        $passed += $run.Passed
        $failed += $run.Failed
        $skipped += $run.Skipped
    }
    @($runs | ForEach-Object { $_.Failures }) + @($broken | ForEach-Object { "$($_.BaseName) broke off." }) | Out-Host
    Add-Run -Name 'Pester' -Passed $passed -Failed ($failed + $broken.Count) -Skipped $skipped -Status $Status
}

function Test-Script {
    $analyzer = Find-Tool PSScriptAnalyzer $AnalyzerVersion
    if (-not $analyzer) {
        Add-LeftOut 'PSScriptAnalyzer is not installed and cannot be had from the Gallery: the scripts are not analyzed.'
        return
    }
    # Its rules run in several threads, and sometimes one of them does not find Get-Command. Then the analysis is repeated in a new process.
    foreach ($attempt in 1..3) {
        & $PowerShell -NoProfile -File tests/Invoke-ScriptAnalysis.ps1 -Analyzer $analyzer `
            -Path 'module,docs,examples,tests,benchmarks,build.ps1' | Out-Host
        if ($LASTEXITCODE -ne 2) {
            break
        }
    }
    $isClean = $LASTEXITCODE -eq 0
    Add-Suite -Name 'PSScriptAnalyzer' -Passed ([int] $isClean) -Failed ([int] (-not $isClean))
}

#endregion

#region Counting

$Suites = [System.Collections.Generic.List[object]]::new()
$LeftOut = [System.Collections.Generic.List[string]]::new()

function Add-Suite {
    param([string] $Name, [int] $Passed, [int] $Failed, [int] $Skipped)

    $Suites.Add([pscustomobject]@{ Passed = $Passed; Failed = $Failed; Skipped = $Skipped })
    Write-Host "${Name}: $Passed passed, $Failed failed, $Skipped skipped"
}

# A run with results in the format of Visual Studio (trx).
function Add-TrxRun {
    param([string] $Name, [int] $Status)

    $total = $passed = $failed = 0
    if (Test-Path -LiteralPath "$Results/$Name.trx") {
        $counters = ([xml](Get-Content -LiteralPath "$Results/$Name.trx" -Raw)).TestRun.ResultSummary.Counters
        $total, $passed, $failed = [int[]]($counters.total, $counters.passed, $counters.failed)
    }
    Add-Run -Name $Name -Passed $passed -Failed $failed -Skipped ($total - $passed - $failed) -Status $Status
}

# A run that was broken off is a failure, even if no test failed.
function Add-Run {
    param([string] $Name, [int] $Passed, [int] $Failed, [int] $Skipped, [int] $Status)

    if ($Status -ne 0 -and $Failed -eq 0) {
        $Failed = 1
    }
    Add-Suite -Name $Name -Passed $Passed -Failed $Failed -Skipped $Skipped
}

function Add-LeftOut {
    param([string] $Line)

    $LeftOut.Add($Line)
    Write-Host $Line
}

function Complete-Test {
    $passed, $failed, $skipped = 'Passed', 'Failed', 'Skipped' |
        ForEach-Object { ($Suites | Measure-Object -Property $_ -Sum).Sum }
    Write-Host
    $LeftOut | Out-Host
    Write-Host "$passed passed, $failed failed, $skipped skipped"
    $script:ExitCode = [int]($failed -gt 0)
}

#endregion

#region Tools

# The manifest of the newest installed version in the range, else of a version that is saved into the clone: restored from the
# package source if there is a project for that, else from the Gallery.
function Find-Tool {
    param([string] $Name, [version[]] $Range)

    $manifest = Find-InstalledTool $Name $Range
    if (-not $manifest -and (Test-Path -LiteralPath "tests/$Name.proj")) {
        $null = dotnet msbuild "tests/$Name.proj" -restore -t:SaveModule "-p:Destination=$SavedModules" -nologo
        $manifest = Find-InstalledTool $Name $Range
    }
    if (-not $manifest) {
        Save-Tool $Name $Range
        $manifest = Find-InstalledTool $Name $Range
    }
    $manifest
}

function Find-InstalledTool {
    param([string] $Name, [version[]] $Range)

    $saved = @(Get-ChildItem -Path "$SavedModules/$Name/*/$Name.psd1" -ErrorAction Ignore | ForEach-Object FullName)
    Get-Module -ListAvailable -Name (@($Name) + $saved) |
        Where-Object { $_.Version -ge $Range[0] -and $_.Version -lt $Range[1] } |
        Sort-Object -Property Version |
        Select-Object -Last 1 -ExpandProperty Path
}

# In a separate process: a Gallery that does not respond must not delay the tests.
function Save-Tool {
    param([string] $Name, [version[]] $Range)

    $null = New-Item -ItemType Directory -Path $SavedModules -Force
    $target = "-Path '$($SavedModules.Replace("'", "''"))' -Repository PSGallery"
    $command = if (Get-Command Save-PSResource -ErrorAction Ignore) {
        "Save-PSResource -Name $Name -Version '[$($Range[0]),$($Range[1]))' $target -TrustRepository"
    }
    else {
        "Save-Module -Name $Name -MinimumVersion $($Range[0]) -MaximumVersion $($Range[1]) $target -Force"
    }
    $saving = Start-Process -FilePath $PowerShell -PassThru -NoNewWindow `
        -ArgumentList '-NoProfile', '-NonInteractive', '-Command', "`$ProgressPreference = 'SilentlyContinue'; $command" `
        -RedirectStandardOutput "$SavedModules/$Name.log" -RedirectStandardError "$SavedModules/$Name.errors.log"
    if (-not $saving.WaitForExit(60000)) {
        $saving.Kill()
    }
}

function Assert-Success {
    param([string] $Message)

    if ($LASTEXITCODE -ne 0) {
        throw $Message
    }
}

#endregion

$ExitCode = 0
Push-Location -LiteralPath $PSScriptRoot
try {
    & "Invoke-$Task"
}
catch {
    Write-Host $_
    $ExitCode = 1
}
finally {
    Pop-Location
}
exit $ExitCode
