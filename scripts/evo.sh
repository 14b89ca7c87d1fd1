#!/usr/bin/env bash
# Evolve: search settings of runs, each individual a run of its own. Without exp=... it lists the experiments.
#
#   bash scripts/local.sh scripts/evo.sh exp=exo_npoint +exp/mutations=[exo_torque,exo_points] [key=value ...]
#   bash scripts/local.sh scripts/evo.sh exp=exo_npoint +exp/mutations=[exo_torque,exo_points] task=fake    (a dry run, no walking)
#
# It is train.sh with evo=evo and --multirun.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

[[ $# -ge 1 ]] || { usage >&2 && exit 2; }
evo=(evo=evo)
multirun=(--multirun)
for argument in "$@"; do
    case "$argument" in
        evo=* | +evo=*) evo=() ;;
        -m | --multirun | -c | --cfg | -i | --info | --hydra-help) multirun=() ;;
        -h | --help) usage && exit 0 ;;
    esac
done
exec bash "$root/scripts/train.sh" ${evo[@]+"${evo[@]}"} "$@" ${multirun[@]+"${multirun[@]}"}
