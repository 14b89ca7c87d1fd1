#!/usr/bin/env bash
# Evaluate the best of a run: video, plots, terms and gait metrics.
#
#   bash scripts/local.sh scripts/eval.sh exp=exo_npoint
#   bash scripts/local.sh scripts/eval.sh run=logs/2026-03-01/exo_npoint
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bash "$root/scripts/setup.sh"
exec "${MYOASSIST_VENV:-$root/.venv}/bin/python" -m myoassist.evaluate "$@"
