#!/usr/bin/env bash
#SBATCH --job-name=myoassist
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --time=4-00:00:00
#SBATCH --output=out/%x_%A_%a.out
#SBATCH --error=out/%x_%A_%a.err
#
# Run a script of this folder on a Slurm cluster: this job stays alive, submits the workers and waits for them.
#
#   mkdir -p out && sbatch [options] scripts/slurm.sh CLUSTER SCRIPT [key=value ...]
#   mkdir -p out && sbatch --partition=long scripts/slurm.sh mine scripts/train.sh exp=exo_npoint seed=0,1,2
#
# CLUSTER is a file in configs/hydra/launcher/, without .yaml. Training becomes a sweep, also of a single run, because
# only sweeps are handed to workers; other scripts run in this job. Without out/ Slurm ends the job without a word.
set -euo pipefail

# Slurm runs a copy of this file from a folder of its own, so the project is searched for.
submitted="$(scontrol show job "${SLURM_JOB_ID:-none}" 2>/dev/null | sed -n 's/^ *Command=\([^ ]*\).*/\1/p' || true)"
root=""
for place in "${MYOASSIST_ROOT:-}" "$(dirname "${BASH_SOURCE[0]}")/.." "${submitted:+$(dirname "$submitted")/..}" \
    "${SLURM_SUBMIT_DIR:-}" "${SLURM_SUBMIT_DIR:-}/.."; do
    if [[ -n "$place" && -f "$place/scripts/slurm.sh" ]]; then
        root="$(cd "$place" && pwd)"
        break
    fi
done
if [[ -z "$root" ]]; then
    printf 'slurm.sh: the folder of the project was not found; submit from there, or set MYOASSIST_ROOT to it\n' >&2
    exit 2
fi

usage() {
    local name="${1:-slurm}"
    [[ -f "$root/scripts/$name.sh" ]] || name=slurm
    sed -n '/^#SBATCH/d;/^# Run a script/,/^set /s/^# \{0,1\}//p' "$root/scripts/$name.sh"
}

clusters() { (cd "$root/configs/hydra/launcher" && printf ' %s' *.yaml | sed 's/\.yaml//g'); }

[[ $# -ge 1 ]] || { usage >&2 && exit 2; }
case "$1" in -h | --help) usage && exit 0 ;; esac
cluster="$1"
shift
if [[ ! -f "$root/configs/hydra/launcher/$cluster.yaml" ]]; then
    printf 'slurm.sh: there is no cluster %s\n  expected: one of%s\n' "$cluster" "$(clusters)" >&2
    near="$(tr '[:upper:]' '[:lower:]' <<<"$cluster")"
    if [[ -f "$root/configs/hydra/launcher/$near.yaml" ]]; then
        printf '  to fix:   write %s\n' "$near" >&2
    fi
    exit 2
fi
[[ $# -ge 1 ]] || { usage "$cluster" >&2 && exit 2; }
case "$1" in -h | --help) usage "$cluster" && exit 0 ;; esac
script="$1"
shift

# The folder of the command, which logs/ goes below; sbatch --chdir changes the current one.
cd "${SLURM_SUBMIT_DIR:-.}"

arguments=("$@")
case "$(basename "$script")" in
    eval.sh | setup.sh | test.sh | bench.sh) ;;
    *)
        launcher=("hydra/launcher=$cluster")
        multirun=(--multirun)
        for argument in "$@"; do
            case "$argument" in
                hydra/launcher=*) launcher=() ;;
                -m | --multirun | -h | --help | --hydra-help | -c | --cfg | -i | --info) multirun=() ;;
            esac
        done
        # Some versions of Bash take an empty list for an unset one.
        arguments=(${launcher[@]+"${launcher[@]}"} "$@" ${multirun[@]+"${multirun[@]}"})
        ;;
esac
exec bash "$root/scripts/local.sh" "$script" ${arguments[@]+"${arguments[@]}"}
