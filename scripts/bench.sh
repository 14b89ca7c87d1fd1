#!/usr/bin/env bash
# Measure speed as ratios from one run: bash scripts/bench.sh [rl] [--quick] [--out FILE]
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$repo/scripts/setup.sh"
program=bench.py
if [ "${1:-}" = rl ]; then
  program=bench_rl.py
  shift
fi
exec "${MYOASSIST_VENV:-$repo/.venv}/bin/python" "$repo/benchmarks/$program" "$@"
