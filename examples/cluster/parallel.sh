#!/bin/bash
# Runs the shares on the machines of a list, by GNU parallel over ssh. See README.md.
set -u
: "${HOSTS:?the file of the machines, one a line}" "${PICTURES:?the folder of the pictures, on each machine}"
: "${RESULTS:?the folder for the results, on each machine}" "${PROMPT:?the edit instruction}"
shares=${SHARES:-12}
key=${KEY_FILE:-.config/tokaify/key} # on each machine, below the home folder of the user
script=${SCRIPT:-$RESULTS/Edit-Share.ps1}
log=${JOB_LOG:-parallel.log}

# ssh must notice a lost machine. See ssh_config(5) for the options.
ssh=${SSH:-ssh}
export PARALLEL_SSH="$ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=2"

# The machines that respond. GNU parallel would continue to give shares to a machine that does not.
answering() {
    local machine
    while read -r machine; do
        if [ -n "$machine" ] && $PARALLEL_SSH -n "$machine" true; then echo "$machine"; fi
    done < "$HOSTS"
}

# Whether the newest run of any share ended with one of these codes. The fields are GNU parallel's: 1 is the share, 7 the code.
ended_with() {
    awk -v codes=" $* " 'NR > 1 { last[$1] = $7 } END { for (share in last) if (index(codes, " " last[share] " ")) exit 0; exit 1 }' "$log"
}

# Quotes each argument for the shells of the machines. They run exec below, so that a signal that ends the shell ends pwsh.
printf -v command '%q ' pwsh -NoProfile -NonInteractive -File "$script" -Shard "Auto/$shares" \
    -Path "$PICTURES" -Destination "$RESULTS" -Prompt "$PROMPT" -KeyPath "$key"

for round in 1 2 3 4; do
    machines=$(answering)
    if [ -z "$machines" ]; then echo "No machine of $HOSTS answers." >&2; exit 75; fi
    # Each round runs the shares that have not succeeded.
    seq "$shares" | parallel --sshloginfile <(echo "$machines") --jobs "${JOBS_PER_HOST:-1}" --joblog "$log" --resume-failed \
        --env TOKAIFY_BASE_URL "true {}; exec $command"
    code=$?
    if ended_with 78; then exit 78; fi
    # 75 start again, 143 SIGTERM, 255 ssh itself. Other codes would come again.
    if ! ended_with 75 143 255; then exit $((code != 0)); fi
    # On NFS, a machine may not see for a minute what another one has written.
    if [ "$round" -lt 4 ]; then sleep "${WAIT:-60}"; fi
done
exit 75
