#!/usr/bin/env bash
# Check style and run the tests.
#
#   bash scripts/test.sh                the fast tests
#   bash scripts/test.sh --all          the long ones too
#   bash scripts/test.sh -k lock -x     arguments of pytest
set -euo pipefail

for argument in "$@"; do
    case "$argument" in
        -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 0 ;;
    esac
done

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bash "$root/scripts/setup.sh"
python="$(cd "$(dirname "${MYOASSIST_VENV:-$root/.venv}")" && pwd)/$(basename "${MYOASSIST_VENV:-$root/.venv}")/bin/python"
cd "$root"

# Tests start the package in hundreds of processes; where nothing may be written, each of them compiles it again.
unset PYTHONDONTWRITEBYTECODE

# Many tests are worth a process per core and one more, since those of kills and locks wait a fifth of their time; each
# file stays in one process, so that its fixtures are made once, and files begin in the order of tests/conftest.py.
cores="$("$python" -c 'import os; print(os.cpu_count())')"
parallel=(-n "$((cores < 3 ? cores + 1 : 4))" --dist loadfile --no-loadscope-reorder)
selection=()
arguments=()
spread=false
(($#)) || spread=true
for argument in "$@"; do
    case "$argument" in
        --all) selection=(-m "long or not long") spread=true ;;
        *) arguments+=("$argument") ;;
    esac
done

$spread && selection+=("${parallel[@]}")

"$python" -m ruff check .
"$python" -m ruff format --check .
exec "$python" -m pytest ${selection[@]+"${selection[@]}"} ${arguments[@]+"${arguments[@]}"}
