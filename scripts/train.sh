#!/usr/bin/env bash
# Train: optimize a controller, or continue. Without exp=... it lists the experiments.
#
#   bash scripts/local.sh scripts/train.sh exp=exo_npoint [key=value ...]
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# For commands in messages, which have to work from the current folder.
export MYOASSIST_SCRIPTS="$root/scripts"
# Help installs nothing: without an environment it is the lines above.
for argument in "$@"; do
    case "$argument" in
        -h | --help)
            "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.train "$@" 2>/dev/null \
                || sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
            exit 0
            ;;
    esac
done
bash "$root/scripts/setup.sh"
exec "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.train "$@"
