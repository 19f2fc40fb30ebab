#!/bin/bash
# One share for each task of a job array. Submit it from the folder of this file; see README.md.
#SBATCH --job-name=tokaify
#SBATCH --array=1-12
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --time=04:00:00
# Two minutes before the time limit, only the step gets SIGTERM: it ends in order, and this script queues the share again.
#SBATCH --signal=TERM@120
# Slurm itself queues the share of a lost node again.
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=slurm-%A_%a.log

: "${PICTURES:?the folder of the pictures}" "${RESULTS:?the folder for the results}" "${PROMPT:?the edit instruction}"
shares=${SHARES:-12} # as in --array: if only a part of it is submitted again, Slurm gives the number of that part
key=${KEY_FILE:-$HOME/.config/tokaify/key}
script=${SLURM_SUBMIT_DIR:-.}/Edit-Share.ps1

# The task of the step is pwsh itself, without a shell that would catch the signal.
srun --quiet pwsh -NoProfile -NonInteractive -File "$script" -Shard "Auto/$shares" \
    -Path "$PICTURES" -Destination "$RESULTS" -Prompt "$PROMPT" -KeyPath "$key"
code=$?

if [ $code -eq 75 ] || [ $code -eq 143 ]; then
    if [ "${SLURM_RESTART_COUNT:-0}" -lt "${RESTARTS:-5}" ]; then
        # By array and task: for one task of each array, SLURM_JOB_ID is the number of the array, and all tasks would be queued again.
        # Slurm waits two minutes before it starts a task again. By then NFS shows what this one has written.
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    else
        echo "Not queued again after $SLURM_RESTART_COUNT restarts." >&2
    fi
fi
exit $code
