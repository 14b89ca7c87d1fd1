"""All that an exact continuation of a training needs, as bytes."""

import io
from typing import Any

import numpy as np
import torch as th

from myoassist.files.errors import ResumeError
from myoassist.rl.algorithms.base import Learner
from myoassist.rl.env.vec_measure import MeasuredVecEnv


def capture_training(learner: Learner, venv: MeasuredVecEnv) -> bytes:
    """Return policy, optimizer, random generators and environments between two rollouts."""
    algorithm = learner.model
    name, keys, position, has_gauss, gauss = np.random.get_state()
    content = {
        **learner.capture(),
        "torch_random": th.get_rng_state(),
        "cuda_random": th.cuda.get_rng_state_all() if th.cuda.is_available() else [],
        "numpy_random": {
            "name": name,
            "keys": th.from_numpy(np.asarray(keys).astype(np.int64)),
            "position": position,
            "has_gauss": has_gauss,
            "gauss": gauss,
        },
        "num_timesteps": algorithm.num_timesteps,
        "n_updates": algorithm._n_updates,
        "last_observations": th.from_numpy(np.array(algorithm._last_obs)),
        "episode_starts": th.from_numpy(np.array(algorithm._last_episode_starts)),
        "environments": _pack(venv.get_state()),
    }
    stream = io.BytesIO()
    th.save(content, stream)
    return stream.getvalue()


def restore_training(data: bytes, learner: Learner, venv: MeasuredVecEnv, source: str) -> None:
    """Bring back what `capture_training` returned.

    Environments in other processes start new episodes instead; everything else is as it was.

    Args:
        data: Result of `capture_training`.
        learner: Algorithm of the same configuration, set up for learning.
        venv: Its environments.
        source: How messages call it.

    Raises:
        ResumeError: if it belongs to other networks.
    """
    algorithm = learner.model
    content = th.load(io.BytesIO(data), map_location=algorithm.device, weights_only=True)
    try:
        learner.restore(content)
    except (RuntimeError, ValueError, KeyError) as error:
        raise ResumeError(
            f"{source} belongs to other networks: {' '.join(str(error).split())}",
            "the networks of this configuration and version",
            "start another run with expname=..., or set this one aside with fresh=true",
        ) from None
    algorithm.num_timesteps = int(content["num_timesteps"])
    algorithm._n_updates = int(content["n_updates"])
    environments = _unpack(content["environments"])
    if environments is not None and venv.get_state() is not None:
        venv.set_state(environments)
        algorithm._last_obs = content["last_observations"].cpu().numpy()
        algorithm._last_episode_starts = content["episode_starts"].cpu().numpy()
    numbers = content["numpy_random"]
    keys = numbers["keys"].cpu().numpy().astype(np.uint32)
    # Last, because everything above may draw.
    np.random.set_state((numbers["name"], keys, numbers["position"], numbers["has_gauss"], numbers["gauss"]))
    th.set_rng_state(content["torch_random"].cpu())
    if th.cuda.is_available() and len(content["cuda_random"]) == th.cuda.device_count():
        th.cuda.set_rng_state_all([state.cpu() for state in content["cuda_random"]])


def _pack(state: dict[str, Any] | None) -> th.Tensor | None:
    """Return arrays as bytes in a tensor, whatever their types."""
    if state is None:
        return None
    stream = io.BytesIO()
    np.savez(stream, **state)
    return th.frombuffer(bytearray(stream.getvalue()), dtype=th.uint8)


def _unpack(packed: th.Tensor | None) -> dict[str, np.ndarray] | None:
    if packed is None:
        return None
    with np.load(io.BytesIO(packed.cpu().numpy().tobytes()), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
