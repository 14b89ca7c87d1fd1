#!/usr/bin/env bash
# Train: optimize a controller, or continue. Without exp=... it lists the experiments.
#
#   bash scripts/local.sh scripts/train.sh exp=exo_npoint [key=value ...]
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bash "$root/scripts/setup.sh"
# For commands in messages, which have to work from the current folder.
export MYOASSIST_SCRIPTS="$root/scripts"
exec "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.train "$@"
