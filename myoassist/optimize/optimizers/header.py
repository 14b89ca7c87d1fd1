"""The line of JSON that begins the state of a search around another algorithm, whose own state follows."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from myoassist.config.schema.run import OptimizerConfig
from myoassist.files.errors import ResumeError
from myoassist.optimize.optimizers.base import Region

_FORMAT = 1


@dataclass(frozen=True)
class Header:
    """What such a search remembers besides its algorithm.

    Attributes:
        region: Start and bounds.
        config: Options at the first start.
        run_seed: Seed of the run.
        place: Where it stands; plain values.
    """

    region: Region
    config: OptimizerConfig
    run_seed: int
    place: dict[str, Any]


def write_header(header: Header, options: Sequence[str], key: str) -> bytes:
    """Return the line, its end included.

    Args:
        header: What it holds.
        options: Options of the configuration that it keeps.
        key: What it calls `place`.
    """
    content = {
        "format": _FORMAT,
        "seed": header.run_seed,
        "region": header.region.encode(),
        "config": {name: getattr(header.config, name) for name in options},
        key: header.place,
    }
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def read_header(state: bytes, key: str) -> tuple[Header, bytes]:
    """Return what the line of a state holds, and the state of the algorithm behind it.

    Raises:
        KeyError, TypeError, ValueError: if it is no such line; see `refuse_damaged`.
    """
    line, _, rest = state.partition(b"\n")
    content: dict[str, Any] = json.loads(line)
    if content["format"] != _FORMAT:
        raise ValueError(f"format {content['format']}")
    region, config = Region.decode(content["region"]), OptimizerConfig(**content["config"])
    return Header(region, config, int(content["seed"]), content[key]), rest


@contextmanager
def refuse_damaged(source: str, what: str, expected: str) -> Iterator[None]:
    """Turn what reading a damaged or foreign state raises into an error for people.

    Args:
        source: Where the state lies.
        what: What it ought to hold.
        expected: Which checkpoint would.

    Raises:
        ResumeError: naming them.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise ResumeError(
            f"{source} holds no {what} ({type(error).__name__}: {error})", expected, "start anew with fresh=true"
        ) from error
