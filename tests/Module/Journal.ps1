# Shared by the tests of the journal.

function Get-Journal {
    param([Parameter(Mandatory)] [string] $Path)

    Get-Content -LiteralPath $Path -Encoding UTF8 | ForEach-Object { $_ | ConvertFrom-Json } | Where-Object outcome -NE 'sent'
}

# Images of different bytes: decoders ignore bytes behind the end.
function Initialize-Source {
    param([Parameter(Mandatory)] [string] $Folder, [Parameter(Mandatory)] [int] $Count)

    $picture = [System.IO.File]::ReadAllBytes("$Pictures/palette.png")
    foreach ($number in 1..$Count) {
        [System.IO.File]::WriteAllBytes((Join-Path $Folder "$number.png"), $picture + [byte[]] (($number -shr 8), ($number -band 255)))
    }
}

# Starts a separate PowerShell, with the module and a script's variables. Returns the process.
function Open-Child {
    param([Parameter(Mandatory)] [string] $Script, [Parameter(Mandatory)] [uri] $BaseUri, [hashtable] $Variables)

    $file = Join-Path (Initialize-Folder) 'child.ps1'
    $assignments = foreach ($name in $Variables.Keys) {
        "`$$name = '$($Variables[$name])'"
    }
    $first = "Import-Module '$BuiltModule'", "`$ProgressPreference = 'SilentlyContinue'"
    [System.IO.File]::WriteAllLines($file, $first + $assignments + $Script)
    $start = [System.Diagnostics.ProcessStartInfo]::new([System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName)
    $start.Arguments = '-NoProfile -NonInteractive -File "{0}"' -f $file
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.EnvironmentVariables['TOKAIFY_BASE_URL'] = $BaseUri.AbsoluteUri
    $start.EnvironmentVariables['TOKAIFY_API_KEY'] = 'key'
    [System.Diagnostics.Process]::Start($start)
}

# Ends a process of Open-Child.
function Close-Child {
    param([object[]] $Process)

    foreach ($each in $Process) {
        if (-not $each.HasExited) {
            $each.Kill()
            $each.WaitForExit()
        }
        $each.Dispose()
    }
}

# Removes the recovery files of a test from the user's data folder.
function Clear-RecoveredLine {
    param([Parameter(Mandatory)] [string] $Journal)

    Remove-Item -LiteralPath ([Tokaify.JournalWriter]::new($Journal).RecoveryPath) -ErrorAction Ignore
}
