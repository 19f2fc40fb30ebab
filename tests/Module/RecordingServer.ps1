# Shared by the tests that compare the module's requests with those that a server in another language receives.

# Python 3 by its name on this system, or nothing. On Windows, python3 may only offer to install it, so the program must
# respond.
function Find-Python {
    'python3', 'python' |
        Where-Object { Get-Command $_ -CommandType Application -ErrorAction Ignore } |
        Where-Object { "$(& $_ --version 2>&1)" -match '^Python 3\.' } |
        Select-Object -First 1
}

# Starts the server and waits until it listens. Returns its process, its address, and the folder in which it records.
function Open-RecordingServer {
    param([Parameter(Mandatory)] [string] $Picture, [string[]] $Options = @())

    $folder = Initialize-Folder
    $arguments = @("$Root/tests/recording-server/server.py", '--record', $folder, '--picture', $Picture) + $Options
    $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Command $Python -CommandType Application | Select-Object -First 1).Source)
    $start.Arguments = ($arguments | ForEach-Object { '"{0}"' -f $_ }) -join ' '
    $start.RedirectStandardOutput = $true
    $start.UseShellExecute = $false
    $process = [System.Diagnostics.Process]::Start($start)
    [pscustomobject]@{ Process = $process; BaseUri = [uri] $process.StandardOutput.ReadLine(); Folder = $folder }
}

function Close-RecordingServer {
    param($Server)

    if ($Server -and -not $Server.Process.HasExited) {
        $Server.Process.Kill()
        $Server.Process.WaitForExit()
    }
}

# The recorded requests, in their order.
function Get-Recording {
    param([Parameter(Mandatory)] $Server)

    foreach ($file in Get-ChildItem -LiteralPath $Server.Folder -Filter *.json | Sort-Object Name) {
        $request = Get-Content -LiteralPath $file.FullName -Raw -Encoding UTF8 | ConvertFrom-Json
        $bytes = [System.IO.File]::ReadAllBytes([System.IO.Path]::ChangeExtension($file.FullName, 'body'))
        $text = [System.Text.UTF8Encoding]::new($false, $true).GetString($bytes)
        [pscustomobject]@{
            Method  = $request.method
            Path    = $request.path
            Headers = $request.headers
            Bytes   = $bytes
            Leaves  = @(Get-JsonLeaf ($text | ConvertFrom-Json))
        }
    }
}

# Returns each value of a JSON document as path = value, in the document's order and spelling.
function Get-JsonLeaf {
    param($Value, [string] $Path = '')

    if ($Value -is [array] -and $Value.Count) {
        for ($index = 0; $index -lt $Value.Count; $index++) {
            Get-JsonLeaf $Value[$index] "$Path[$index]"
        }
    }
    elseif ($Value -is [pscustomobject] -and @($Value.PSObject.Properties).Count) {
        foreach ($property in $Value.PSObject.Properties) {
            Get-JsonLeaf $property.Value "$Path.$($property.Name)".TrimStart('.')
        }
    }
    else {
        "$Path = $(if ($Value -is [array]) { '[]' } elseif ($Value -is [pscustomobject]) { '{}' } else { $Value })"
    }
}

function Get-Header {
    param([Parameter(Mandatory)] $Recording, [Parameter(Mandatory)] [string] $Name)

    ($Recording.Headers | Where-Object name -EQ $Name).value
}
