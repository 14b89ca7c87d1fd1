#!/usr/bin/env bash
# Train: optimize a controller, or continue. Without exp=... it lists the experiments.
#
#   bash scripts/local.sh scripts/train.sh exp=exo_npoint [key=value ...]
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bash "$root/scripts/setup.sh"
exec "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.train "$@"
