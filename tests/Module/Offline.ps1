# Shared by the tests that run programs without a network, which only Linux supports.

# The prefix of a command that runs in its own namespaces: with the loopback network only, and an empty folder of modules for all users.
$OfflineCommand = @(
    'unshare', '--map-root-user', '--net', '--mount', 'sh', '-c'
    'ip link set lo up && mount -t tmpfs none /usr/local/share && exec "$@"', 'sh'
)

# Whether this system allows it.
function Test-Offline {
    $program, $rest = $OfflineCommand
    if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) {
        return $false
    }
    $null = & $program @rest true 2>&1
    $LASTEXITCODE -eq 0
}
