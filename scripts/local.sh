#!/usr/bin/env bash
# Run a script of this folder on this machine, in the foreground.
#
#   bash scripts/local.sh SCRIPT [key=value ...]
#   bash scripts/local.sh scripts/train.sh exp=exo_npoint
#
# It works from any folder; logs/ goes below the current one. Arguments reach SCRIPT unchanged.
# MUJOCO_GL (egl, osmesa, glfw), if set, is tried first for videos; nothing else draws.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

[[ $# -ge 1 ]] || { usage >&2 && exit 2; }
case "$1" in -h | --help) usage && exit 0 ;; esac

script="$1"
shift
if [[ -f "$script" ]]; then
    target="$script"
elif [[ -f "$root/$script" ]]; then
    target="$root/$script"
elif [[ -f "$root/scripts/$script" ]]; then
    target="$root/scripts/$script"
else
    printf 'local.sh: there is no script %s, neither here nor in %s\n' "$script" "$root" >&2
    printf '  expected: one of' >&2
    (cd "$root" && printf ' %s' scripts/*.sh) >&2
    printf '\n' >&2
    exit 2
fi

exec bash "$target" "$@"
