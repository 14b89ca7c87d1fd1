"""Read the numbers of a run folder into one flat table of short texts, for records that are compared bit for bit."""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

# Times, places, versions, texts and identifiers; what was typed is part of the command.
DROPPED = re.compile(
    r"(^|[.])(started|updated|time|seconds|busy_hours|run|run_name|expname|overrides|command|commands|session|job_id"
    r"|columns|unit|meaning|direction|start|stance_time|swing|body_mass_counts|interpolation|folder|best_folder)$"
)
# Written for people, for a restart, or the same as another file in another form.
SKIPPED = (
    *("config.yaml", "versions.json", "timing.csv", "session_config.json", "train_log.jsonl", "checkpoint.json"),
    *("best.yaml", "eval_metrics.csv", "sweep_index.jsonl"),
)
TABLES = (".csv", ".sto", ".mot")
RUN_NAME = re.compile(r"myorfl_.*?_\d{4}[A-Z][a-z]{2}\d{2}_\d{4}_[^_]+_")


def read_values(folder: Path) -> dict[str, str]:
    """Read every result below a folder.

    Returns:
        One text per number or column, under `<file>:<key>`. Columns are given by their length, their last value and a
        digest of all values in full precision; names of files are without the minute of the first start.
    """
    values = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in SKIPPED or re.search(r"_\d{8}_\d{6}\.yaml$", path.name):
            continue
        name = RUN_NAME.sub("<run>_", path.relative_to(folder).as_posix())
        values.update({f"{name}:{key}": value for key, value in _read(path)})
    return values


def _read(path: Path) -> Iterator[tuple[str, str]]:
    if path.suffix in TABLES:
        yield from _columns(_rows(path))
    elif path.suffix == ".json":
        yield from _leaves("", json.loads(path.read_text(encoding="utf-8")))
    elif path.suffix == ".yaml":
        yield from _leaves("", yaml.safe_load(path.read_text(encoding="utf-8")))
    elif path.name.endswith("_Cost.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (("total", _exact(line.partition(" : ")[2])) for line in lines if line.startswith("Total_Cost"))
        yield "lines", digest_lines(lines)
    elif path.suffix == ".dat":
        # One number per parameter and generation: as columns they would be most of the record.
        lines = path.read_text(encoding="utf-8").splitlines()
        yield "numbers", digest_lines(cell for line in lines if not line.startswith("%") for cell in line.split())
    elif path.suffix == ".txt":
        yield "", digest_lines(path.read_text(encoding="utf-8").splitlines())
    elif path.suffix == ".zip":
        yield from _tensors(path)


def _rows(path: Path) -> list[list[str]]:
    """Split a table into its header and its rows."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(text)))
    _, _, body = text.partition("endheader\n")
    return [line.split("\t") for line in body.splitlines()]


def _columns(rows: list[list[str]]) -> Iterator[tuple[str, str]]:
    if not rows:
        return
    for place, name in enumerate(rows[0]):
        if not DROPPED.search(name):
            yield name, digest_lines(row[place] for row in rows[1:])


def _leaves(name: str, node: Any) -> Iterator[tuple[str, str]]:
    """Walk through JSON; lists of mappings become columns, lists of values one digest."""
    if DROPPED.search(name):
        return
    if isinstance(node, dict) and len(node) > 2 and all(isinstance(item, dict) for item in node.values()):
        yield f"{name}{{}}", digest_lines(node)
        yield from _leaves(f"{name}{{}}", list(node.values()))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(f"{name}.{key}" if name else str(key), value)
    elif isinstance(node, list) and node and all(isinstance(item, dict) for item in node):
        for key in dict.fromkeys(key for item in node for key in item):
            if not DROPPED.search(key):
                yield (
                    f"{name}[].{key}".replace("{}[]", "{}"),
                    digest_lines(_without_dropped(item.get(key)) for item in node),
                )
    elif isinstance(node, list):
        yield name, digest_lines(json.dumps(item) for item in node)
    else:
        yield name, _exact(node)


def _without_dropped(node: Any) -> str:
    if isinstance(node, dict):
        node = {key: value for key, value in node.items() if not DROPPED.search(key)}
    return json.dumps(node, sort_keys=True)


def _tensors(path: Path) -> Iterator[tuple[str, str]]:
    """Digest the tensors of a policy, without the names of the modules that hold them."""
    import torch

    with zipfile.ZipFile(path) as archive:
        weights = torch.load(io.BytesIO(archive.read("policy.pth")), weights_only=True)
    yield "tensors", f"{len(weights)} {_hash(b''.join(tensor.numpy().tobytes() for tensor in weights.values()))}"


def _exact(value: Any) -> str:
    """Write a number so that equal texts are equal bits, whatever the notation it was read in."""
    try:
        return repr(float(value)) if not isinstance(value, bool) and value is not None else str(value)
    except (TypeError, ValueError):
        return str(value).strip()


def digest_lines(cells: Iterable[Any]) -> str:
    """Return the number of cells, the last one where it is short, and a digest of all, exact for numbers."""
    exact = [_exact(cell) for cell in cells]
    return f"{len(exact)} {exact[-1] if exact and len(exact[-1]) < 32 else '...'} {_hash(chr(10).join(exact).encode())}"


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
