"""Record the numbers of a fixed set of short runs, to hold a change of the code against them bit for bit.

    python scripts/dev/record_runs.py --out before.json
    python scripts/dev/record_runs.py --compare tests/data/recorded_runs.json
    python scripts/dev/record_runs.py --only 'rl_*' --compare tests/data/recorded_runs.json

Everything goes through the commands that users type, so that the record outlives renamed modules. About six minutes of
one core. Another processor or another version of a library rounds differently: record the old code there first.
"""

import argparse
import fnmatch
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

from recorded_set import EXEMPT, RUNS, SHARED_FILES
from run_values import digest_lines, read_values

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("mujoco", "numba", "numpy", "scipy", "torch", "cma", "nevergrad", "assist-sim", "myo-sim")
Record = dict[str, dict[str, str]]


def main() -> int:
    """Record, compare, or both; 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="file of the record")
    parser.add_argument("--compare", type=Path, help="a record that this one has to equal")
    parser.add_argument("--read", type=Path, help="take this record instead of running")
    parser.add_argument("--only", nargs="*", default=["*"], help="patterns of names of runs")
    parser.add_argument("--package", type=Path, default=ROOT, help="checkout whose code runs")
    parser.add_argument("--keep", type=Path, help="folder for what the runs write, else a temporary one")
    parser.add_argument("--jobs", type=int, default=1, help="runs at once")
    parser.add_argument("--list", action="store_true", help="show the commands and stop")
    arguments = parser.parse_args()
    names = [name for name in RUNS if any(fnmatch.fnmatch(name, pattern) for pattern in arguments.only)]
    if arguments.list:
        print("\n".join(f"{name:20s} {' && '.join(' '.join(c) for c in RUNS[name])}" for name in names))
        return 0
    if arguments.read:
        record = json.loads(arguments.read.read_text(encoding="utf-8"))
    else:
        record = {"machine": describe_machine(), "runs": run_all(names, arguments)}
    if arguments.out:
        arguments.out.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if not arguments.compare:
        return 0
    before = json.loads(arguments.compare.read_text(encoding="utf-8"))
    if before["machine"] != record["machine"]:
        print(f"another machine or other libraries:\n  {before['machine']}\n  {record['machine']}")
    differences = list_differences(before["runs"], record["runs"], names)
    print("\n".join([*differences, f"{len(names)} runs, {len(differences)} differences"]))
    return 1 if differences else 0


def describe_machine() -> dict[str, str]:
    """Name what decides how numbers are rounded."""
    # One name may stand for several processors, which round differently.
    told = dict(line.split(":", 1) for line in reversed(_cpu_lines()) if ":" in line)
    told = {name.strip(): value.strip() for name, value in told.items()}
    parts = [f"{name} {told[name]}" for name in ("cpu family", "model", "stepping") if name in told]
    processor = ", ".join([told.get("model name", platform.processor()), *parts])
    return {"processor": processor, "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def run_all(names: list[str], arguments: argparse.Namespace) -> Record:
    """Run the named commands, each run in a folder of its own, and read what they leave."""
    with tempfile.TemporaryDirectory() as temporary:
        root = arguments.keep or Path(temporary)
        with ThreadPoolExecutor(arguments.jobs) as pool:
            results = pool.map(lambda name: run_one(name, root / name, arguments.package.resolve()), names)
            return dict(zip(names, results, strict=True))


def run_one(name: str, folder: Path, package: Path) -> dict[str, str]:
    """Run the commands of one run one after the other; return the values of what they wrote, and lists they printed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in SHARED_FILES:
        shutil.copy(ROOT / source, folder)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MYOASSIST_LOGS")}
    environment |= {"PYTHONPATH": str(package), "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
    printed = {}
    for number, command in enumerate(RUNS[name]):
        answer = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            print(f"{name}: {' '.join(command)}: exit code {answer.returncode}\n{answer.stderr}", file=sys.stderr)
            printed[f"printed {number}:exit code"] = str(answer.returncode)
        if command[:2] == ["myoassist", "list"]:
            printed[f"printed:{' '.join(command[2:])}"] = digest_lines(answer.stdout.splitlines())
    print(f"{name} done", file=sys.stderr, flush=True)
    for source in SHARED_FILES:
        (folder / Path(source).name).unlink()
    return _without_date(read_values(folder)) | printed


def _without_date(values: dict[str, str]) -> dict[str, str]:
    """Replace the date of today in names of folders."""
    return {
        "/".join("<date>" if part.count("-") == 2 else part for part in key.split("/")): values[key] for key in values
    }


def list_differences(before: Record, after: Record, names: list[str]) -> list[str]:
    """Return a line per value that is missing, new or other, but for those that are exempt.

    A value that is found under another name of the same run is said to have moved: a name is easier to forgive than a
    number.
    """
    lines = []
    for name in names:
        old, new = before.get(name, {}), after.get(name, {})
        gone = {key: old[key] for key in old if key not in new}
        come = {key: new[key] for key in new if key not in old}
        for key in [*old, *come]:
            if any(fnmatch.fnmatchcase(f"{name}|{key}", pattern) for pattern in EXEMPT):
                continue
            if key in gone:
                places = [other for other, value in come.items() if value == gone[key] and " " in value]
                lines.append(f"{name}|{key}: {gone[key]} -> {'moved to ' + places[0] if places else 'missing'}")
            elif key in come:
                lines.append(f"{name}|{key}: new, {come[key]}")
            elif old[key] != new[key]:
                lines.append(f"{name}|{key}: {old[key]} -> {new[key]}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
