# What the tests share that run programs without a network. Linux alone has what that takes.

# Runs what follows it in namespaces of its own: only the loopback network, and an empty folder for what all users share.
$OfflineCommand = @(
    'unshare', '--map-root-user', '--net', '--mount', 'sh', '-c'
    'ip link set lo up && mount -t tmpfs none /usr/local/share && exec "$@"', 'sh'
)

# Whether this system lets a test do so.
function Test-Offline {
    $program, $rest = $OfflineCommand
    if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) {
        return $false
    }
    $null = & $program @rest true 2>&1
    $LASTEXITCODE -eq 0
}
