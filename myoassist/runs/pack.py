"""A result in one file: configuration, versions, vector or policy, what its walk was, and its score card."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from omegaconf.errors import OmegaConfBaseException

from myoassist.config.schema.run import RunConfig
from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.content import ARCHIVE_ERRORS, is_file, open_archive, parse_json
from myoassist.files.errors import UserError
from myoassist.runs.policy_files import POLICY_NAME
from myoassist.runs.record import build_config

ENDING = ".walk"
FORMAT = 1
PACK_NAME, PROOF_NAME, SCORE_NAME = "pack.json", "proof.npz", "score.json"
# Named parameters, or plain numbers where a run evaluated such a file.
VECTOR_NAMES = ("best_parameters.json", "vector.txt")
# Fixed, so that the same result makes the same bytes.
_STAMP = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Pack:
    """Content of a packed result.

    Attributes:
        name: Name of the run.
        config: Configuration that it was walked with; paths of where a search began are left out.
        result_name: Name of its file of parameters (one of `VECTOR_NAMES`) or of its policy.
        result: Content of that file.
        proof: What its walk was, `analysis.proof.record`.
        score: Content of `eval_score.json`, and of `eval_robustness.json` where it was tried.
        versions: What it was walked with, `runs.versions`.
        origin: What the run says about itself: experiment, seed, evaluations, commands; texts and numbers.
    """

    name: str
    config: RunConfig
    result_name: str
    result: bytes
    proof: bytes
    score: dict[str, Any]
    versions: dict[str, Any]
    origin: dict[str, Any]


def without_places(config: RunConfig) -> RunConfig:
    """Return a configuration that names no file where a search or a training once began."""
    return replace(
        config,
        optimizer=replace(config.optimizer, param_path=None, pickle_path=None),
        env=replace(config.env, prev_trained_policy_path=None),
    )


def write_pack(path: Path, pack: Pack) -> None:
    """Write a packed result; the same result makes the same bytes.

    Raises:
        UserError: if the file cannot be written.
    """
    head = {
        "format": FORMAT,
        "name": pack.name,
        "config": asdict(pack.config),
        "versions": pack.versions,
        "origin": pack.origin,
    }
    members: Mapping[str, bytes] = {
        PACK_NAME: _to_bytes(head),
        pack.result_name: pack.result,
        PROOF_NAME: pack.proof,
        SCORE_NAME: _to_bytes(pack.score),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_atomic(path, stream.getvalue())
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror or error}",
            "a place that can be written, on a disk with space",
            f"--out <other folder>/{path.name}",
        ) from error


def read_pack(path: Path) -> Pack:
    """Read a packed result; nothing in it is run or unpacked to the disk.

    Raises:
        UserError: if it is no packed result, is damaged, or was written by a newer version.
    """
    if not is_file(path):
        raise UserError(
            f"{path} {'is a folder' if path.is_dir() else 'does not exist'}",
            f"a packed result (*{ENDING}), or shipped:<name>",
            "myoassist pack <run folder>   (makes one)",
        )
    try:
        with open_archive(path) as archive:
            head = parse_json(archive.read(PACK_NAME))
            if not isinstance(head, dict) or not isinstance(head.get("format"), int):
                raise ValueError(f"{PACK_NAME} says no format")
            if head["format"] != FORMAT:
                raise UserError(
                    f"{path} has format {head['format']}",
                    f"format {FORMAT}, which this version reads",
                    "use the version of myoassist that its pack.json names, or pack the run again",
                )
            config = build_config(head["config"])
            known = (POLICY_NAME,) if config.task == "rl" else VECTOR_NAMES
            found = [name for name in known if name in archive.namelist()]
            if not found:
                raise ValueError(f"it holds no {' or '.join(known)}")
            members = {name: archive.read(name) for name in (found[0], PROOF_NAME, SCORE_NAME)}
            score = parse_json(members[SCORE_NAME])
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}", "a file that can be read") from error
    except (*ARCHIVE_ERRORS, TypeError, AttributeError, OmegaConfBaseException) as error:
        raise UserError(
            f"{path} is no packed result: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
            f"a file that `myoassist pack` wrote, complete, with {PACK_NAME}, {PROOF_NAME} and {SCORE_NAME}",
            "copy it anew, or pack the run again: myoassist pack <run folder>",
        ) from None
    origin, versions = head.get("origin"), head.get("versions")
    return Pack(
        name=str(head.get("name", path.stem)),
        config=config,
        result_name=found[0],
        result=members[found[0]],
        proof=members[PROOF_NAME],
        score=score if isinstance(score, dict) else {},
        versions=versions if isinstance(versions, dict) else {},
        origin=origin if isinstance(origin, dict) else {},
    )


def _to_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()
