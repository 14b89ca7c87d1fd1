"""One sound file of every kind that can be read, and the reader of each."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cma
import numpy as np
import yaml

from myoassist.analysis.policy.choice import read_description
from myoassist.compat.exp_file import draft_experiment
from myoassist.compat.preset.file import read_preset
from myoassist.compat.session.exp_file import draft_session
from myoassist.compat.session_file import read_session
from myoassist.config.schema.run import RunConfig
from myoassist.config.sources.model_file import check_model_file
from myoassist.config.sources.shipped import models_folder
from myoassist.control.table import build_table
from myoassist.gait.reference.own import format_template
from myoassist.gait.reference.own import load_reference as load_gait
from myoassist.model.devices.folders import read_device
from myoassist.model.ground.tiles import read_tiles
from myoassist.optimize.optimizers.cma_pickle import dump_state, load_state
from myoassist.optimize.start.vector import match_layout
from myoassist.optimize.start.vector_file import read_vector
from myoassist.rl.motion.file import load_reference as load_motion
from myoassist.rl.motion.file import save_reference
from myoassist.rl.policy.file import read_policy
from myoassist.rollout.fault.file import WalkFault, dump_fault, read_fault
from myoassist.runs.catalogue import read_status
from myoassist.runs.record import read_run_config
from myoassist.sweep.evolution.individual import Individual
from myoassist.sweep.evolution.state import FORMAT
from myoassist.sweep.evolution.store import read_state
from tests.bad_input.damage import as_json, as_yaml
from tests.compat.myoassist_presets import PRESETS, write_bat, write_json, write_sh
from tests.compat.published_rl import SESSION
from tests.rl.motion.test_reference_motion import make_motion


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        name: Of the file, with its ending.
        data: A sound one.
        read: Reads the file of a path and uses what is in it, as the commands do.
        tree: Its content where it consists of nested mappings.
    """

    name: str
    data: bytes
    read: Callable[[Path], Any]
    tree: Any = None


def _as_start(path: Path) -> None:
    match_layout(read_vector(path), build_table(2, controller="four_param"))


def _as_device(path: Path) -> None:
    folder = path.parent / "Own"
    folder.mkdir(exist_ok=True)
    shutil.copy(models_folder() / "devices" / "HipExample" / "model.xml", folder)
    read_device(Path(shutil.copy(path, folder / "config.yaml")))


def _as_session(path: Path) -> None:
    draft_session(read_session(path))


def _as_preset(path: Path) -> None:
    draft_experiment(read_preset(path))


def _as_ground(path: Path) -> None:
    # Heights of all tiles would take longer than everything else here.
    read_tiles(str(path))


def _as_map(path: Path) -> None:
    (path.parent / "walk.mot").write_bytes(_MOTION)
    load_motion(str(path.parent / "walk.mot"), str(path))


def _as_model(path: Path) -> None:
    check_model_file(path, f"model.path={path}", False)


def _as_status(path: Path) -> None:
    shutil.copy(path, path.with_name("status.json"))
    read_status(path.parent)


def _text(values: np.ndarray) -> bytes:
    return "\n".join(repr(float(value)) for value in values).encode()


def _make_mot(names: list[str], columns: np.ndarray) -> bytes:
    head = f"walk\nversion=1\nnRows={len(columns)}\nnColumns={len(names)}\ninDegrees=yes\nendheader\n"
    return (head + "\t".join(names) + "\n" + "\n".join("\t".join(map(str, row)) for row in columns)).encode()


def _motion() -> bytes:
    """Return the reference gait under OpenSim's names, its first row again at the end."""
    header, *lines = [line.split(",") for line in format_template().splitlines()]
    columns = dict(zip(header, np.array(lines, dtype=float).T, strict=True))
    names = {"pelvis_tilt": ("trunk_pitch_deg", -1.0)}
    for side in "rl":
        names[f"hip_flexion_{side}"] = (f"hip_flexion_{side}_deg", 1.0)
        names[f"knee_angle_{side}"] = (f"knee_flexion_{side}_deg", -1.0)
        names[f"ankle_angle_{side}"] = (f"ankle_dorsiflexion_{side}_deg", 1.0)
    values = np.stack([sign * columns[column] for column, sign in names.values()], axis=1)
    values = np.concatenate([values, values[:1]])
    time = np.linspace(0.0, 1.1, len(values))
    return _make_mot(["time", *names], np.round(np.column_stack([time, values]), 4))


_MOTION = _motion()


def _saved(path: Path, write: Callable[..., Any], *arguments: Any, **options: Any) -> bytes:
    write(path, *arguments, **options)
    return path.read_bytes()


def _pickled(path: Path) -> bytes:
    return pickle_strategy(cma.CMAEvolutionStrategy(np.ones(4), 0.1, {"verbose": -9, "seed": 1}))


def pickle_strategy(strategy: cma.CMAEvolutionStrategy) -> bytes:
    """Return an optimizer as our checkpoints hold it."""
    return dump_state(strategy)


def _npz(path: Path, **arrays: np.ndarray) -> bytes:
    np.savez(path, **arrays)
    return path.read_bytes()


def make_kinds(place: Path) -> list[Kind]:
    """Return every kind of file; `place` is an empty folder that is written to."""
    table = build_table(2, controller="four_param")
    rows = [{"name": name, "raw": raw} for name, raw in zip(table.names, table.initial.tolist(), strict=True)]
    vector = {"layout": table.layout, "parameters": rows}
    config = asdict(RunConfig())
    motion = make_motion(50, 100.0, periodic=True)
    plain = {
        "series_data": {
            f"{kind}_{name}": list(values) for kind in ("q", "dq") for name, values in getattr(motion, kind).items()
        },
        "metadata": {"sample_rate": 100.0, "periodic": True, "advance": 1.25},
    }
    joints = {
        "hip_flexion_r": "hip_flexion_r",
        "knee_angle_r": {"joint": "knee_angle_r", "sign": -1, "scale": 1.0, "offset": 0.1},
    }
    gait = format_template()
    header, *lines = [line.split(",") for line in gait.splitlines()]
    columns = np.array(lines, dtype=float)
    device = yaml.safe_load((models_folder() / "devices" / "HipExample" / "config.yaml").read_text())
    ground = json.loads((models_folder() / "terrains" / "stairs.json").read_text())
    policy = models_folder() / "policies" / "walk_rl"
    description = json.loads((policy / "policy.json").read_text())
    journal = [
        {
            "event": "start",
            "format": FORMAT,
            "session": 1,
            "time": "",
            "signature": {"a": 1},
            "budget": 4,
            "versions": {},
        },
        {"event": "ask", "generation": 0, "individuals": [Individual(0, 0, 0, {"x": 1.0}, 1, "a").asked()]},
        {"event": "result", "time": "", "job": 0, "fitness": 1.0, "loss": -1.0},
        {"event": "tell", "generation": 0, "time": ""},
    ]
    model = (models_folder() / "devices" / "HipExample" / "model.xml").read_bytes()
    # The archive is about 100 kB; most of it is tensors.
    return [
        Kind("best.txt", _text(table.initial), _as_start),
        Kind("best.csv", _text(table.initial), _as_start),
        Kind("best_parameters.json", as_json(vector), _as_start, vector),
        Kind("config.yaml", as_yaml(config), read_run_config, config),
        Kind("status_copy.json", as_json({"status": "running", "generation": 1}), _as_status, {"status": "running"}),
        Kind("device.yaml", as_yaml(device), _as_device, device),
        Kind("model.xml", model, _as_model),
        Kind("ground.json", as_json(ground), _as_ground, ground),
        Kind("session_config.json", as_json(SESSION), _as_session, SESSION),
        Kind("preset.json", _saved_preset(write_json, place, "exo_npoint"), _as_preset, PRESETS["exo_npoint"]),
        Kind("preset.bat", _saved_preset(write_bat, place, "exo_npoint_cont"), _as_preset),
        Kind("preset.sh", _saved_preset(write_sh, place, "tutorial"), _as_preset),
        Kind("policy.json", (policy / "policy.json").read_bytes(), read_description, description),
        Kind("policy.zip", (policy / "policy.zip").read_bytes(), read_policy),
        Kind("motion.npz", _saved(place / "m.npz", save_reference, motion), lambda path: load_motion(str(path))),
        Kind("motion.json", as_json(plain), lambda path: load_motion(str(path)), plain),
        Kind("motion.mot", _MOTION, lambda path: load_motion(str(path))),
        Kind("joints.map.yaml", as_yaml(joints), _as_map, joints),
        Kind("joints.map.json", as_json(joints), _as_map, joints),
        Kind("gait.csv", gait.encode(), lambda path: load_gait(str(path))),
        Kind("gait.mot", _MOTION, lambda path: load_gait(str(path))),
        Kind(
            "gait.npz",
            _npz(place / "g.npz", **dict(zip(header, columns.T, strict=True))),
            lambda path: load_gait(str(path)),
        ),
        Kind("state.pkl", _pickled(place / "s.pkl"), load_state),
        Kind("evolution_journal.jsonl", b"".join(as_json(line) + b"\n" for line in journal), read_state),
        Kind("fault.npz", _fault(), read_fault),
    ]


def _saved_preset(write: Callable[..., Path], place: Path, name: str) -> bytes:
    return write(place, name, PRESETS[name]).read_bytes()


def _fault() -> bytes:
    numbers = np.arange(5.0)
    place = {"generation": 1, "index": 2}
    return dump_fault(WalkFault("walk", RunConfig(), "nan", 3, numbers, numbers, place=place))
