#!/usr/bin/env bash
# Measure speed as ratios from one run: bash scripts/bench.sh [rl] [--quick] [--out FILE]
set -euo pipefail
for argument in "$@"; do
  case "$argument" in
    -h | --help) sed -n '2s/^# //p' "${BASH_SOURCE[0]}" && exit 0 ;;
  esac
done
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$repo/scripts/setup.sh"
program=bench.py
if [ "${1:-}" = rl ]; then
  program=bench_rl.py
  shift
fi
exec "${MYOASSIST_VENV:-$repo/.venv}/bin/python" "$repo/benchmarks/$program" "$@"
