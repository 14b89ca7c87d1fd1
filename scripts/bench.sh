#!/usr/bin/env bash
# Measure speed as ratios from one run: bash scripts/bench.sh [--quick] [--out FILE]
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$repo/scripts/setup.sh"
exec "${MYOASSIST_VENV:-$repo/.venv}/bin/python" "$repo/benchmarks/bench.py" "$@"
