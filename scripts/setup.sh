#!/usr/bin/env bash
# Make the environment of this checkout once; does nothing, fast and silently, when it is complete.
#
#   bash scripts/setup.sh
#
# MYOASSIST_VENV    another environment than .venv; one that exists and was not made here is used as it is
# MYOASSIST_PYTHON  Python to make the environment with (default: the first of python3.11, 3.12, 3.13, python3)
set -euo pipefail

usage() { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
case "${1:-}" in
    "") ;;
    -h | --help) usage && exit 0 ;;
    *)
        printf 'setup.sh: %s is no argument\n' "$1" >&2
        usage >&2
        exit 2
        ;;
esac

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="${MYOASSIST_VENV:-$root/.venv}"
stamp="$venv/.myoassist-complete"
started="$venv/.myoassist-started"
lock_file="$root/requirements.lock"
log="$venv/setup.log"

# Libraries that drawing without a screen needs, and Debian's packages of them. FFmpeg comes with imageio-ffmpeg.
libraries=(libEGL.so.1 libEGL_mesa.so.0 libGL.so.1 libGLESv2.so.2 libOSMesa.so.8)
packages=(libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libgles2 libosmesa6)

say() { printf 'setup: %s\n' "$*" >&2; }

# What the environment was made from; the folder counts because the project is installed in place.
fingerprint() {
    cksum <"$lock_file"
    cksum <"$root/pyproject.toml"
    printf '%s\n' "$root"
}

is_complete() {
    [[ -x "$venv/bin/python" && -f "$stamp" ]] || return 1
    local made
    made="$(<"$stamp")"
    [[ "$made" == "$(fingerprint)" ]]
}

has_libraries() {
    local name
    for name in "${libraries[@]}"; do
        compgen -G "/usr/lib/*/$name" >/dev/null || compgen -G "/usr/lib*/$name" >/dev/null || return 1
    done
}

install_libraries() {
    [[ "$(uname -s)" == Linux ]] || return 0
    has_libraries && return 0
    if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null; then
        say "videos need OpenGL libraries that are missing here; on Debian or Ubuntu install them with"
        say "    sudo apt-get update && sudo apt-get install -y ${packages[*]}"
        say "going on without; everything but videos works"
        return 0
    fi
    say "installing OpenGL libraries for videos: ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 || say "warning: apt-get update failed"
    local package
    if ! apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null; then
        # A release may lack one of them, and the others still help.
        for package in "${packages[@]}"; do
            apt-get install -y -qq --no-install-recommends "$package" >/dev/null \
                || say "warning: $package could not be installed; videos may not work"
        done
    fi
}

find_python() {
    local candidate
    for candidate in ${MYOASSIST_PYTHON:+"$MYOASSIST_PYTHON"} python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    say "no Python of version 3.11 or newer with venv was found"
    say "install one (Debian: apt-get install python3 python3-venv) or name it with MYOASSIST_PYTHON=/path/to/python3"
    return 1
}

# On a screen: seconds gone and packages found so far, in one line that is written again and again.
show_progress() {
    local begin=$SECONDS packages
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        packages="$(grep -cE '^(Collecting|Downloading|Processing) ' "$log" || true)"
        printf '\rsetup: %s … %d s, %d packages ' "$1" $((SECONDS - begin)) "$packages" >&2
    done
}

stop_progress() {
    [[ -n "$progress" ]] || return 0
    kill "$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    progress=""
    printf '\r\033[K' >&2
}

# Run pip in the foreground (Ctrl-C has to reach it) with its output in the log; the end of that is shown if it fails.
install() {
    local what="$1" begin=$SECONDS
    shift
    if [[ -t 2 ]]; then
        show_progress "$what" 9>&- &
        progress=$!
    else
        say "$what"
    fi
    if ! "$venv/bin/python" -m pip --disable-pip-version-check install --progress-bar off "$@" >>"$log" 2>&1; then
        stop_progress
        say "$what: failed. The end of $log:"
        grep -v '^WARNING: Location .* is ignored' "$log" | tail -n 15 | sed 's/^/    /' >&2
        say "mend that (network, disk space, a proxy?) and give the same command again; it goes on where it stopped"
        return 1
    fi
    stop_progress
    say "$what: done after $((SECONDS - begin)) s"
}

make_environment() {
    is_complete && return 0 # another command made it while this one waited
    local python
    install_libraries
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python="$(find_python)"
        say "making $venv with $("$python" --version); this takes 1 to 5 minutes, once (what pip says: $log)"
        rm -f "$venv"/bin/python* # links to a Python that has gone would stop it
        "$python" -m venv "$venv" >&2
    else
        say "bringing $venv up to date"
    fi
    rm -f "$stamp"
    : >"$started"
    : >"$log"
    # First and alone: as a dependency of others pip might choose another build.
    install "1/3 PyTorch, the largest package" torch==2.13.0
    install "2/3 the other $(grep -vc -e '^#' -e '^torch==' "$lock_file") packages" -r "$lock_file"
    install "3/3 myoassist itself, in place" --no-deps -e "$root"
    fingerprint >"$stamp.$$"
    mv -f "$stamp.$$" "$stamp"
    say "the environment is complete"
}

is_complete && exit 0
# An environment that somebody else made is theirs to keep complete.
if [[ -n "${MYOASSIST_VENV:-}" && -x "$venv/bin/python" && ! -f "$stamp" && ! -f "$started" ]]; then
    exit 0
fi

progress=""
trap stop_progress EXIT
mkdir -p "$venv"
: >>"$started"
if command -v flock >/dev/null; then
    exec 9>"$venv/.myoassist-lock"
    flock -n 9 || { say "another setup is at work in $venv, waiting for it"; flock 9; }
    make_environment
else
    # mkdir either makes the folder or fails, on every system; the number in it tells a dead owner.
    guard="$venv/.myoassist-lock.d"
    until mkdir "$guard" 2>/dev/null; do
        owner="$(cat "$guard/pid" 2>/dev/null || true)"
        if [[ -n "$owner" ]] && ! kill -0 "$owner" 2>/dev/null; then
            rm -rf "$guard"
        else
            sleep 1
        fi
    done
    trap 'stop_progress; rm -rf "$guard"' EXIT
    printf '%s\n' "$$" >"$guard/pid"
    make_environment
fi
