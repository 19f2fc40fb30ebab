#!/bin/bash
# One share for each task of a job array. Submit it from the folder of this file; README.md says how.
#SBATCH --job-name=tokaify
#SBATCH --array=1-12
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=04:00:00
# Two minutes before the time is up, the step alone gets SIGTERM: it ends in order, and this script queues the share again.
#SBATCH --signal=TERM@120
# A share whose node dies is queued again by Slurm itself.
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=slurm-%A_%a.log

: "${PICTURES:?the folder of the pictures}" "${RESULTS:?the folder for the results}" "${PROMPT:?the edit instruction}"
shares=${SHARES:-12} # as in --array: where only a part of it is submitted again, Slurm tells the number of that part
key=${KEY_FILE:-$HOME/.config/tokaify/key}
script=${SLURM_SUBMIT_DIR:-.}/Edit-Share.ps1

# The task of the step is pwsh itself, without a shell that would keep the signal for itself.
srun --quiet pwsh -NoProfile -NonInteractive -File "$script" -Shard "Auto/$shares" \
    -Path "$PICTURES" -Destination "$RESULTS" -Prompt "$PROMPT" -KeyPath "$key"
code=$?

if [ $code -eq 75 ] || [ $code -eq 143 ]; then
    if [ "${SLURM_RESTART_COUNT:-0}" -lt "${RESTARTS:-5}" ]; then
        # By array and task: one task of each array has the array's own number as SLURM_JOB_ID, and all would be queued again.
        # Slurm lets two minutes pass until it starts a task again, by which time NFS shows what this one has written.
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    else
        echo "Not queued again after $SLURM_RESTART_COUNT restarts." >&2
    fi
fi
exit $code
