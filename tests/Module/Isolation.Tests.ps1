BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Journal.ps1"

    # Runs in a separate process, because loaded assemblies stay loaded. Its last line is its result as JSON.
    $child = Join-Path (Initialize-Folder) 'session.ps1'
    Set-Content -LiteralPath $child -Encoding Ascii -Value @'
param($Module, $Picture, $Folder, $Name, $Version)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$fake = Join-Path $Folder "$Name.dll"

# An assembly with only a name and a version.
if ($Name) {
    $source = "[assembly: System.Reflection.AssemblyVersion(`"$Version`")] public class Nothing {}"
    if ($PSEdition -eq 'Core') {
        # Add-Type compiles with Roslyn here, but gives every assembly a generated name.
        Add-Type -TypeDefinition 'public class BringsTheCompiler {}'
        $runtime = [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile([object].Assembly.Location)
        $compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(
            $Name,
            [Microsoft.CodeAnalysis.SyntaxTree[]] [Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText($source),
            [Microsoft.CodeAnalysis.MetadataReference[]] $runtime,
            [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary))
        $file = [System.IO.File]::Create($fake)
        $compiled = $compilation.Emit($file)
        $file.Dispose()
        if (-not $compiled.Success) {
            throw "$($compiled.Diagnostics)"
        }
    }
    else {
        Add-Type -TypeDefinition $source -OutputAssembly $fake
    }

    # Assemblies of PowerShell itself cannot be loaded twice in the default context; another module would bring its own.
    $isOfPowerShell = $Name -eq 'System.Text.Json'
    $loaded = if ($isOfPowerShell) { [Reflection.Assembly]::LoadFile($fake) } else { [Reflection.Assembly]::LoadFrom($fake) }
}

Import-Module $Module
# The first attempt fails, because Polly is not needed before.
Start-TokaifyEmulator -Fault Unavailable -FaultRate 0.5 -FaultSeed 16 6> $null
$result = Invoke-TokaifyImageEdit -Prompt 'Sunset' -LiteralPath $Picture -Destination $Folder
Stop-TokaifyEmulator

$found = try { [System.Reflection.Assembly]::Load('Polly.Core').Location } catch { 'nothing' }
$loadedPolly = [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'Polly.Core' }
@{
    Fake = "$($loaded.FullName)"
    Status = "$($result.Status)"
    Attempts = $result.Attempts
    PollyOfOthers = $found
    Polly = @($loadedPolly | ForEach-Object Location)
} | ConvertTo-Json -Compress
'@

    function Get-SessionFinding {
        param([string] $Name, [string] $Version)

        $folder = Initialize-Folder
        $picture = Copy-Picture -Name plain.png -To $folder
        $powershell = (Get-Process -Id $PID).Path
        # Windows PowerShell drops an empty argument.
        $assembly = if ($Name) { '-Name', $Name, '-Version', $Version } else { @() }
        $output = & $powershell -NoProfile -NonInteractive -File $child -Module $BuiltModule -Picture $picture.FullName -Folder $folder `
            @assembly 2>&1
        if ($LASTEXITCODE -ne 0) {
            throw "The session failed: $(-join $output)"
        }
        $output | Select-Object -Last 1 | ConvertFrom-Json
    }
}

Describe 'The module in a session with assemblies of other modules' {
    Context 'with Polly.Core <_>' -ForEach '8.0.0.0', '99.0.0.0' {
        BeforeAll {
            $version = $_
            $found = Get-SessionFinding -Name 'Polly.Core' -Version $version
        }

        It 'edits, and tries again' {
            $found.Attempts | Should -Be 2
            $found.Fake | Should -BeLike "Polly.Core, Version=$version,*"
            $found.Status | Should -Be 'Saved'
        }

        It 'uses its own Polly, and does not replace that of others' {
            $found.Polly | Should -HaveCount 2
            @($found.Polly -like '*dependencies*') | Should -HaveCount 1
            $found.PollyOfOthers | Should -Not -BeLike '*dependencies*'
        }
    }

    It 'edits beside another System.Text.Json' {
        $found = Get-SessionFinding -Name 'System.Text.Json' -Version '99.0.0.0'

        $found.Fake | Should -BeLike 'System.Text.Json, Version=99.0.0.0,*'
        $found.Status | Should -Be 'Saved'
    }

    It 'says what to do if Tokaify.Client <_> was loaded before it' -ForEach '0.0.1.0', '99.0.0.0' {
        $version = $_
        $failure = Get-TerminatingError { Get-SessionFinding -Name 'Tokaify.Client' -Version $version }

        # Windows PowerShell breaks lines in the middle of words; later ones draw colours and bars between them.
        "$failure" -replace '\x1b\[[\d;]*m|[\s|]' | Should -BeLike "*Tokaify.Client${version}*newsession*"
    }

    It 'loads no Polly for a batch without a failure, and one for a batch with <Fault>' -ForEach @(
        @{ Fault = 'none'; Count = 0 }
        @{ Fault = 'Unavailable'; Count = 1 }
    ) {
        $folder = Initialize-Folder
        Initialize-Source $folder 6
        $script = Join-Path (Initialize-Folder) 'batch.ps1'
        Set-Content -LiteralPath $script -Encoding Ascii -Value @'
param($Module, $Folder, $Fault)
$ProgressPreference = 'SilentlyContinue'
Import-Module $Module
$faults = if ($Fault -ne 'none') { @{ Fault = $Fault; FaultRate = 0.5; FaultSeed = 16 } } else { @{} }
Start-TokaifyEmulator @faults 6>$null
$results = @(Get-ChildItem -LiteralPath $Folder -File |
        Invoke-TokaifyImageEdit 'Sunset' -Destination "$Folder/out" -JournalPath "$Folder/out/edits.jsonl" -MaximumCost 25 -Summary 6>$null)
Stop-TokaifyEmulator
# The assemblies of every load context.
$polly = @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like 'Polly*' })
$client = @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'Tokaify.Resilience' })
"$($results.Count) $($client.Count) $($polly.Count)"
'@
        $shell = (Get-Process -Id $PID).Path

        & $shell -NoProfile -NonInteractive -File $script -Module $BuiltModule -Folder $folder -Fault $Fault |
            Should -Be "6 1 $Count"
    }

    It 'does not give its Polly to other modules' {
        (Get-SessionFinding).PollyOfOthers | Should -Be 'nothing'
    }
}
