# Links over https to a public address, without network: in a separate network namespace, in which this machine has such an address.

BeforeDiscovery {
    . "$PSScriptRoot/RecordingServer.ps1"
    $missing = 'unshare', 'ip', 'openssl' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) }
    $canIsolate = $false
    # Some Linux systems do not allow every user to create a namespace.
    if ($IsLinux -and (Find-Python) -and -not $missing) {
        unshare --map-root-user --net --mount true 2> $null
        $canIsolate = $LASTEXITCODE -eq 0
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/RecordingServer.ps1"
}

Describe 'A link over https' -Skip:(-not $canIsolate) {
    BeforeAll {
        $folder = Initialize-Folder
        $names = 'subjectAltName=DNS:images.test,DNS:rebound.test'
        $files = '-keyout', "$folder/key.pem", '-out', "$folder/certificate.pem"
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=images.test -addext $names @files 2> $null
        Get-Content -LiteralPath /etc/hosts | Set-Content -LiteralPath "$folder/hosts"
        Add-Content -LiteralPath "$folder/hosts" -Value '93.184.216.34 images.test', '127.0.0.1 rebound.test'
        Set-Content -LiteralPath "$folder/isolate.sh" -Value @'
set -e
ip link set lo up
ip addr add 93.184.216.34/32 dev lo
mount --bind "$1/hosts" /etc/hosts
shift
exec "$@"
'@
        Set-Content -LiteralPath "$folder/edit.ps1" -Value @'
param($Folder, $Module, $Tests, $Python, $Picture, $Links)
$ErrorActionPreference = 'Stop'
Import-Module $Module
Add-Type -Path "$Tests/Module/StubRelay.cs"
$start = [System.Diagnostics.ProcessStartInfo]::new($Python)
$start.RedirectStandardOutput = $true
"$Tests/recording-server/images.py", '0.0.0.0', "$Folder/certificate.pem", "$Folder/key.pem", $Picture |
    ForEach-Object { $start.ArgumentList.Add($_) }
$server = [System.Diagnostics.Process]::Start($start)
$null = $server.StandardOutput.ReadLine()
$relay = [Tokaify.Tests.StubRelay]::new($Picture, @('raw'))
$edit = @{
    Prompt            = 'Sunset'
    Path              = $Picture
    Destination       = $Folder
    BaseUri           = $relay.BaseUri
    ApiKey            = [System.Net.NetworkCredential]::new('', 'sk-0123456789abcdef').SecurePassword
    MaximumRetryCount = 0
    ErrorAction       = 'SilentlyContinue'
}
$results = foreach ($link in $Links -split ' ') {
    $body = '{"candidates":[{"content":{"parts":[{"text":"![image](' + $link + ')"}]}}]}'
    $relay.Raw = "HTTP/1.1 200 OK`r`nContent-Type: application/json`r`nContent-Length: $($body.Length)`r`n`r`n$body"
    $result = Invoke-TokaifyImageEdit @edit -ErrorVariable failures
    @{ Link = $link; Path = $result.Path; Message = "$failures" }
}
$server.Kill()
$requests = @($server.StandardOutput.ReadToEnd() -split "`n" | Where-Object { $_ } | ConvertFrom-Json)
ConvertTo-Json -Depth 5 -Compress @{ Results = $results; Requests = $requests; Edits = $relay.Received }
'@
        $links = @(
            'https://images.test/a.png', 'https://images.test/redirect/images.test/b.png', 'https://rebound.test/c.png'
            'https://images.test/redirect/rebound.test/d.png', 'https://images.test/redirect/2130706433/e.png'
            'https://images.test/redirect/169.254.169.254/latest/meta-data/'
        )
        $python = (Get-Command (Find-Python) -CommandType Application | Select-Object -First 1).Source
        $edit = '-NoProfile', '-File', "$folder/edit.ps1", $folder, $BuiltModule, "$Root/tests", $python, "$Pictures/plain.png", "$links"
        $variables = "SSL_CERT_FILE=$folder/certificate.pem", 'HTTPS_PROXY=', 'https_proxy=', 'ALL_PROXY=', 'all_proxy='
        $seen = unshare --map-root-user --net --mount sh "$folder/isolate.sh" $folder env @variables (Get-Process -Id $PID).Path @edit |
            ConvertFrom-Json
    }

    It 'is followed to a public address, also through a redirect' {
        foreach ($result in $seen.Results[0, 1]) {
            $result.Message | Should -BeNullOrEmpty
            Get-Sha256 $result.Path | Should -Be (Get-Sha256 "$Pictures/plain.png")
        }
    }

    It 'is not followed to this machine or the cloud''s metadata' {
        foreach ($result in $seen.Results[2..5]) {
            $result.Message | Should -BeLike "*the link is refused: *'$($result.Link)'."
        }
        $seen.Requests.path | Where-Object { $_ -notlike '/redirect/*' } | Should -Be '/a.png', '/b.png'
    }

    It 'gets none of our headers, and is not sent again' {
        $seen.Requests.headers | Select-Object -Unique | Should -Be 'Host'
        $seen.Edits | Should -Be 6
    }
}
