# Sorts the samples of `perf script` by what they were taken for. A sample is a block of lines, its frames innermost first.

BEGIN { RS = ""; FS = "\n" }

{
    samples++
    kind[cost($0)]++
}

END {
    for (name in kind) {
        if (kind[name] / samples >= 0.005) {
            printf "| %s | %.0f %% |\n", name, 100 * kind[name] / samples
        }
    }
}

function cost(stack) {
    if (stack ~ /libclrjit/) return "compiling methods (JIT)"
    if (stack ~ /Tiered Com/) return "compiling methods (JIT)"
    if (stack ~ /fsync|ext4_sync_file/) return "flushing files to disk"
    if (stack ~ /tcp_|sock_|inet_|unix_stream|sys_send|sys_recv|__x64_sys_connect|epoll/) return "kernel: sockets"
    if (stack ~ /asm_exc_page_fault|mmap|munmap|madvise|mprotect/) return "kernel: memory"
    if (stack ~ /execve|exit_mmap|do_exit|load_elf/) return "kernel: process start and end"
    if (stack ~ /sched_yield|futex|schedule/) return "kernel: threads waiting and waking"
    if (stack ~ /sys_open|sys_read|sys_pread|sys_write|sys_pwrite|sys_close|sys_unlink|sys_link|sys_flock|stat|getdents|sys_mkdir|sys_readlink|vfs_|sys_access|sys_fcntl|sys_lseek/) return "kernel: files"
    if (stack ~ /\[kernel\.kallsyms\]/ && stack ~ /^[^\n]*\n[^\n]*\[kernel/) return "kernel: the rest"
    if (stack ~ /Base64|IndexOfAny/) return "Base64 and the search for a string's end"
    if (stack ~ /CmdletParameterBinder|ParameterBinder/) return "PowerShell binding parameters"
    if (stack ~ /System\.Management\.Automation/) return "PowerShell, the rest"
    if (stack ~ /Tokaify/) return "this module's own code and what it calls"
    if (stack ~ /libcoreclr/) return "the runtime (loading, types, collecting, stubs)"
    if (stack ~ /System\./) return "the framework's libraries"
    return "the rest"
}
