"""Read and write policies as zip files of Stable-Baselines3; reading never unpickles a class."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch as th

from myoassist.files.content import ARCHIVE_ERRORS, open_archive, parse_json
from myoassist.files.errors import UnsafeFileError

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm

    from myoassist.rl.policy.policy import MultiActorPolicy

NOTE_NAME = "myoassist.json"
_TENSORS = "policy.pth"
_LARGEST_MEMBER = 512 * 2**20


@dataclass(frozen=True)
class PolicyFile:
    """Content of a policy file.

    Attributes:
        source: The file, for messages.
        tensors: State of the policy, by tensor name.
        params: `custom_policy_params`; empty where the file has none that can be read.
        num_timesteps: Environment steps that it was trained for.
        note: What this project wrote about it; None in files of others.
    """

    source: str
    tensors: dict[str, np.ndarray]
    params: dict[str, Any]
    num_timesteps: int
    note: dict[str, Any] | None

    @property
    def whole(self) -> bool:
        """Whether one actor reads and writes everything."""
        return any(name.startswith("policy_network.policy_net.") for name in self.tensors)

    def sizes(self) -> tuple[int, int]:
        """Return the sizes of observation and action; without names, the critic is taken to read everything."""
        names = self.params.get("observation_names")
        widest = self.tensors["policy_network.value_net.0.weight"].shape[1]
        return len(names) if names else widest, len(self.tensors["log_std"])


def dump_model(algorithm: "BaseAlgorithm", note: dict[str, Any]) -> bytes:
    """Return a policy file of the algorithm as it is, which `PPO.load` reads too.

    Args:
        algorithm: PPO or A2C.
        note: What to write about it; the policy's parameters and steps are added.
    """
    stream = io.BytesIO()
    # Ended episodes are in the log; here they would only make the file grow.
    if algorithm.ep_info_buffer is not None:
        algorithm.ep_info_buffer.clear()
    algorithm.save(stream)
    note = note | {
        "custom_policy_params": algorithm.policy.custom_policy_params,
        "num_timesteps": int(algorithm.num_timesteps),
    }
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(NOTE_NAME, json.dumps(note, indent=1))
    return stream.getvalue()


def dump_policy(policy: "MultiActorPolicy", steps: int, note: dict[str, Any]) -> bytes:
    """Return a policy file without the algorithm around it.

    Args:
        policy: The policy.
        steps: Environment steps that it was trained for.
        note: What to write about it; the policy's parameters and steps are added.
    """
    tensors = io.BytesIO()
    th.save(policy.state_dict(), tensors)
    note = note | {"custom_policy_params": policy.custom_policy_params, "num_timesteps": steps}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(_TENSORS, tensors.getvalue())
        archive.writestr(NOTE_NAME, json.dumps(note, indent=1))
    return stream.getvalue()


def add_note(data: bytes, **content: Any) -> bytes:
    """Return a policy file with more written about it."""
    old, new = io.BytesIO(data), io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            if name == NOTE_NAME:
                body = json.dumps(json.loads(body) | content, indent=1).encode()
            target.writestr(name, body)
    return new.getvalue()


def read_policy(path: Path) -> PolicyFile:
    """Read a policy file, ours or one of another version or project.

    Raises:
        UnsafeFileError: if it is none, is damaged, or holds more than tensors where tensors belong.
    """
    expected = "a .zip file that Stable-Baselines3 wrote"
    try:
        data = path.read_bytes()
        with open_archive(io.BytesIO(data)) as archive:
            sizes = {item.filename: item.file_size for item in archive.infolist()}
            wanted = [name for name in (_TENSORS, "data", NOTE_NAME) if name in sizes]
            if _TENSORS not in wanted or any(sizes[name] > _LARGEST_MEMBER for name in wanted):
                raise UnsafeFileError(f"{path} holds no {_TENSORS} of a sensible size", expected)
            members = {name: archive.read(name) for name in wanted}
        header = _as_mapping(members.get("data", b"{}"))
        note = _as_mapping(members[NOTE_NAME]) if NOTE_NAME in members else None
    except OSError as error:
        raise UnsafeFileError(f"{path} cannot be read ({error.strerror})", expected) from None
    except ARCHIVE_ERRORS as error:
        raise UnsafeFileError(f"{path} is damaged or no policy ({error})", expected) from None
    tensors = _load_tensors(members[_TENSORS], path)
    params = (note or {}).get("custom_policy_params")
    if params is None:
        kwargs = header.get("policy_kwargs")
        params = kwargs.get("custom_policy_params") if isinstance(kwargs, dict) else None
    steps = (note or header).get("num_timesteps", 0)
    return PolicyFile(
        path.as_posix(),
        tensors,
        params if isinstance(params, dict) else {},
        int(steps) if isinstance(steps, int | float) else 0,
        note,
    )


def _as_mapping(data: bytes) -> dict[str, Any]:
    content = parse_json(data)
    if not isinstance(content, dict):
        raise ValueError("no JSON object")
    return content


def _load_tensors(data: bytes, path: Path) -> dict[str, np.ndarray]:
    try:
        # Nothing but tensors and plain containers: anything else raises instead of being looked up.
        state = th.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        tensors = {str(name): tensor.numpy() for name, tensor in state.items()}
    except Exception as error:  # a damaged file can raise anything
        first = str(error).split("\n")[0]
        raise UnsafeFileError(
            f"{path}: its {_TENSORS} cannot be read as tensors alone ({type(error).__name__}: {first})",
            "tensors and nothing else",
            "do not use this file; it could run code",
        ) from None
    broken = [name for name, values in tensors.items() if not np.isfinite(values).all()]
    if broken:
        raise UnsafeFileError(
            f"{path}: {broken[0]} is not finite", "a policy whose training went well", "use an earlier checkpoint"
        )
    return tensors
