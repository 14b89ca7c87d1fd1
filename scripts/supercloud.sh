#!/usr/bin/env bash
#SBATCH --job-name=myoassist
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --time=4-00:00:00
#SBATCH --output=out/%x_%A_%a.out
#SBATCH --error=out/%x_%A_%a.err
#
# Run a script of this folder on MIT SuperCloud: this job stays alive, submits the workers and waits for them.
#
#   mkdir -p out && sbatch scripts/supercloud.sh SCRIPT [key=value ...]
#   mkdir -p out && sbatch scripts/supercloud.sh scripts/train.sh exp=exo_npoint seed=0,1,2
#
# Without the folder out/ in the current folder Slurm ends the job without a word. Options of sbatch (before the
# script) concern this job alone; those of the workers are hydra.launcher.partition=... and the like.
set -euo pipefail

# Slurm runs a copy of this file from a folder of its own, so the project is searched for.
submitted="$(scontrol show job "${SLURM_JOB_ID:-none}" 2>/dev/null | sed -n 's/^ *Command=\([^ ]*\).*/\1/p' || true)"
for root in "${MYOASSIST_ROOT:-}" "$(dirname "${BASH_SOURCE[0]}")/.." "${submitted:+$(dirname "$submitted")/..}" \
    "${SLURM_SUBMIT_DIR:-}" "${SLURM_SUBMIT_DIR:-}/.."; do
    if [[ -n "$root" && -f "$root/scripts/slurm.sh" ]]; then
        exec bash "$root/scripts/slurm.sh" supercloud "$@"
    fi
done
printf '%s.sh: the folder of the project was not found; submit from there, or set MYOASSIST_ROOT to it\n' supercloud >&2
exit 2
