"""The file of a simulation that failed, read and written without loading physics."""

import io
import json
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf.errors import OmegaConfBaseException

from myoassist.config.schema.run import RunConfig
from myoassist.files.content import ARCHIVE_ERRORS, open_archive, parse_json
from myoassist.files.errors import UserError
from myoassist.runs.differences import to_plain
from myoassist.runs.record import build_config

# What failed, and the trainer that simulates such things.
KINDS = {"walk": "search", "episode": "rl"}
_FORMAT = 1
_ARRAYS = ("state", "ctrl", "xfrc", "vector", "action")
_EMPTY = np.zeros(0)


class FaultFileError(UserError):
    """Refuse a file that holds no failed simulation."""


@dataclass(frozen=True)
class WalkFault:
    """A simulation that failed, and what its failing step starts from.

    Attributes:
        kind: `walk` of the reflex controller, or `episode` of a policy.
        config: Configuration that it was simulated with; of one condition where a run has several.
        reason: Why it failed.
        place: Where in its run it is, e.g. generation and index.
        step: Number of the failing control step, from 0.
        state: State of the physics before it, of MuJoCo's kind "integration".
        ctrl: Controls during it, shape (nu,); of an episode, those before it.
        xfrc: Forces on bodies during it, shape (bodies * 6,).
        broken: What was not a number among the stimulations.
        vector: Raw parameters of a walk, shape (D,).
        seed: Seed of its noise.
        action: Action of the policy, shape (actions,).
        ground: Factor of the heights of the ground.
    """

    kind: str
    config: RunConfig
    reason: str
    step: int
    state: np.ndarray
    ctrl: np.ndarray
    xfrc: np.ndarray = field(default_factory=lambda: _EMPTY)
    place: dict[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    vector: np.ndarray = field(default_factory=lambda: _EMPTY)
    seed: int = 0
    action: np.ndarray = field(default_factory=lambda: _EMPTY)
    ground: float = 1.0

    def at(self, **place: int) -> "WalkFault":
        """Return the same at a place in its run."""
        return replace(self, place=place)


def dump_fault(fault: WalkFault) -> bytes:
    """Return a fault as the bytes of an .npz file of numbers and texts, without pickles and absolute paths."""
    header = {
        "format": _FORMAT,
        "kind": fault.kind,
        "config": to_plain(fault.config),
        "reason": fault.reason,
        "place": fault.place,
        "step": int(fault.step),
        "broken": list(fault.broken),
        "seed": int(fault.seed),
        "ground": float(fault.ground),
    }
    stream = io.BytesIO()
    arrays: dict[str, Any] = {name: np.asarray(getattr(fault, name), dtype=float) for name in _ARRAYS}
    np.savez_compressed(stream, header=np.array(json.dumps(header)), **arrays)
    return stream.getvalue()


def read_fault(path: Path) -> WalkFault:
    """Read a file that `dump_fault` has made; nothing in it is executed.

    Raises:
        FaultFileError: if it is something else, damaged, or of a configuration that this version does not know.
    """
    try:
        open_archive(path).close()
        with np.load(path, allow_pickle=False) as archive:
            header = parse_json(str(archive["header"]))
            arrays = {name: np.array(archive[name], dtype=float).ravel() for name in _ARRAYS}
        if header["format"] != _FORMAT or header["kind"] not in KINDS:
            raise ValueError(f"format {header['format']!r}, kind {header['kind']!r}")
        config = build_config(header["config"])
        return _check(
            WalkFault(
                kind=str(header["kind"]),
                config=config,
                reason=str(header["reason"]),
                place={str(name): int(value) for name, value in header["place"].items()},
                step=int(header["step"]),
                broken=tuple(map(str, header["broken"])),
                seed=int(header["seed"]),
                ground=float(header["ground"]),
                **arrays,
            )
        )
    except FileNotFoundError:
        found = f"{path} does not exist"
    except (OSError, TypeError, AttributeError, *ARCHIVE_ERRORS) as error:
        found = f"{path} holds no failed simulation ({type(error).__name__}: {str(error).splitlines()[:1]})"
    except OmegaConfBaseException as error:
        found = f"{path} has a configuration of another version ({str(error).splitlines()[0]})"
    raise FaultFileError(found, "a file of the folder faults/ of a run", "ls logs/*/*/faults") from None


def _check(fault: WalkFault) -> WalkFault:
    """Refuse what no run writes; return the fault unchanged."""
    for name, value, sound in (
        ("step", fault.step, fault.step >= 0),
        ("seed", fault.seed, 0 <= fault.seed < 2**32),
        ("ground", fault.ground, math.isfinite(fault.ground)),
        ("task", fault.config.task, fault.config.task == KINDS[fault.kind]),
    ):
        if not sound:
            raise ValueError(f"{name} {value} of a fault of kind {fault.kind}")
    return fault
