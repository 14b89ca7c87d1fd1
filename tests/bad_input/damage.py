"""Ways in which a file goes bad: cut off, bits flipped, another kind, values swapped, dropped, made NaN."""

import json
import math
import random
from typing import Any

import yaml

DEEP = 100_000
_BYTES = (
    b"",
    b"\x00",
    b"\n" * 50,
    b"\xff\xfe" * 40,
    b"nan\n" * 3,
    b"{}",
    b"[]",
    b"null",
    b"1",
    b"PK\x03\x04" + b"x" * 60,
)
_KINDS = (b"[" * DEEP, b'{"a":' * DEEP, b"<a>" * 3000, b"- " * 3000, b"&a [*a, *a]", b"\x93NUMPY\x01\x00" + b"9" * 80)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    "",
    "x",
    -1,
    0,
    10**30,
    1.5,
    math.nan,
    math.inf,
    -1e308,
    [],
    [None],
    {},
    {"a": []},
)


def damaged_bytes(data: bytes, generator: random.Random, n: int) -> list[bytes]:
    """Return damaged copies of a file of any kind.

    Args:
        data: The sound file.
        generator: Decides where.
        n: How many by chance; files of another kind come on top.
    """
    made = list(_BYTES + _KINDS)
    for _ in range(n):
        copy = bytearray(data)
        way = generator.randrange(5)
        place = generator.randrange(max(len(data), 1))
        if way == 0:
            del copy[place:]
        elif way == 1:
            for _ in range(generator.randint(1, 8)):
                copy[generator.randrange(len(copy))] ^= 1 << generator.randrange(8)
        elif way == 2:
            del copy[place : place + generator.randint(1, 200)]
        elif way == 3:
            copy[place:place] = generator.choice([b"nan", b"\xc3", b"-", b'"', b"}", b"\n\n", b"1e999", b"<", b"\x00"])
        else:
            other = generator.randrange(len(data))
            copy[place : place + 64] = data[other : other + 64]
        made.append(bytes(copy))
    return made


def damaged_trees(content: Any, generator: random.Random, n: int) -> list[Any]:
    """Return copies of nested mappings and lists with values of other types, dropped keys and repeated entries."""
    made = []
    for _ in range(n):
        copy = json.loads(json.dumps(content))
        for _ in range(generator.randint(1, 2)):
            _damage(copy, generator)
        made.append(copy)
    return made


def _damage(node: Any, generator: random.Random) -> None:
    places = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        keys = list(current) if isinstance(current, dict) else list(range(len(current)))
        places += [(current, key) for key in keys]
        waiting += [current[key] for key in keys if isinstance(current[key], dict | list)]
    if not places:
        return
    # Long lists of numbers would otherwise get almost all of the damage.
    named = [item for item in places if isinstance(item[0], dict)]
    owner, key = generator.choice(named if named and generator.random() < 0.7 else places)
    way = generator.randrange(6)
    if way == 0:
        del owner[key]
    elif way == 1 and isinstance(owner, dict):
        owner[f"{key}_"] = owner.pop(key)
    elif way == 2 and isinstance(owner, list):
        owner.append(owner[key])
    else:
        owner[key] = generator.choice(_VALUES)


def as_json(tree: Any) -> bytes:
    """Return a tree as JSON, NaN and infinity in the way of Python."""
    return json.dumps(tree).encode()


def as_yaml(tree: Any) -> bytes:
    """Return a tree as YAML."""
    return yaml.safe_dump(tree).encode()
