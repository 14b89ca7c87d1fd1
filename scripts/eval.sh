#!/usr/bin/env bash
# Show the best of a run: report, video, plots, terms and gait metrics, written into its folder.
#
#   bash scripts/local.sh scripts/eval.sh exp=exo_npoint
#   bash scripts/local.sh scripts/eval.sh run=logs/2026-03-01/exo_npoint repeats=10
#   bash scripts/local.sh scripts/eval.sh run='logs/*/exo_*' compare=logs/2026-03-01/baseline
#   bash scripts/local.sh scripts/eval.sh -h
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# For commands in messages, which have to work from the current folder.
export MYOASSIST_SCRIPTS="$root/scripts"
# Help installs nothing: without an environment it is the lines above.
for argument in "$@"; do
    case "$argument" in
        -h | --help)
            "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.evaluate "$@" 2>/dev/null \
                || sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
            exit 0
            ;;
    esac
done
bash "$root/scripts/setup.sh"
exec "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.evaluate "$@"
