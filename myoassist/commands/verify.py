"""`myoassist verify`: walk packed and shipped results again, and say whether they are what they were."""

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.commands.argument import WORDS, argument
from myoassist.commands.command import Command
from myoassist.config.schema.run import SHIPPED_PREFIX
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import check_stored_code

if TYPE_CHECKING:
    from myoassist.analysis.proof.walked import Result

_ALL = "shipped"
_ANSWERS = """Answers:
  bit for bit      every logged number of every control step is the same
  same gait        the numbers part somewhere (another processor, another MuJoCo), the mean strides do not: within
                   1 deg, 0.05 body weights, 0.02 m/s and 0.02 s, or, of an uneven walk, one standard deviation of
                   its strides
  another gait     the mean strides differ by more, or the walk ends otherwise
The exit code is 0 unless one is another gait, or with exact=true not the same bit for bit.
"""


@dataclass(frozen=True)
class Verify:
    """Walk results again and say whether each is bit for bit what it was, and where it first differs if not."""

    files: list[str] = argument(
        [],
        "packed results",
        given=WORDS,
        shown="FILE",
        needed=True,
        also={
            "shipped:NAME": "a controller or a policy that comes with the package",
            "shipped": "all of them",
        },
    )
    exact: bool = argument(False, "only bit for bit is good enough")
    trust_plugins: bool = argument(
        False, "run the plugins that a file names although you have never trained with their content"
    )


def run(request: Verify) -> int:
    """Verify results one after the other; return 1 if one is not what it was.

    Raises:
        UserError: if the only one cannot be walked.
    """
    from myoassist.config.sources.shipped import list_controllers, list_policies
    from myoassist.model.load_mujoco import load_mujoco

    asked: list[str] = []
    for text in request.files:
        names = [*(item.name for item in list_controllers()), *list_policies()] if text == _ALL else []
        asked += [f"{SHIPPED_PREFIX}{name}" for name in names] or [text]
    good, loaded = 0, False
    for text in asked:
        try:
            with _open(text) as result:
                _check(result, text, request.trust_plugins)
                if not loaded:
                    load_mujoco()
                    loaded = True
                good += _verify(text, result, request.exact)
        except UserError as error:
            if len(asked) == 1:
                raise
            print(f"{text}: {error}", file=sys.stderr)
    if len(asked) > 1:
        print(f"{good} of {len(asked)} verified", flush=True)
    return 0 if good == len(asked) else 1


def _open(text: str) -> "AbstractContextManager[Result]":
    from myoassist.analysis.proof.walked import find_shipped, unpack
    from myoassist.runs.pack import read_pack

    if text.startswith(SHIPPED_PREFIX):
        return nullcontext(find_shipped(text.removeprefix(SHIPPED_PREFIX)))
    return unpack(read_pack(Path(text).expanduser()))


def _check(result: "Result", text: str, trust: bool) -> None:
    from myoassist.check.run import check

    check_stored_code(result.config, text, trust=trust)
    check(result.config, starts=False)


def _verify(text: str, result: "Result", exact: bool) -> bool:
    """Walk a result again, print what was found, and return whether that is good enough."""
    from myoassist.analysis.proof.record import prove_walk
    from myoassist.analysis.proof.verdict import BITS, OTHER, compare_proofs
    from myoassist.analysis.proof.walked import read_proof, walk_result
    from myoassist.check.code import import_code
    from myoassist.runs.versions import collect_versions, describe_version_changes

    old = read_proof(result)
    import_code(result.config, starts=False)
    verdict = compare_proofs(old, prove_walk(walk_result(result).log))
    print(f"{text}: {verdict.kind}", flush=True)
    for line in verdict.lines:
        print(f"  {line}", flush=True)
    if verdict.kind != BITS and (changes := describe_version_changes(result.versions, collect_versions())):
        print(f"  versions: {', '.join(changes)}", flush=True)
    return verdict.kind == BITS or (verdict.kind != OTHER and not exact)


COMMAND = Command(
    "myoassist verify",
    Verify,
    run,
    "walk packed and shipped results again: bit for bit, or where they first differ",
    text=_ANSWERS,
    lead="FILE...",
    title="a verification",
    example="myoassist verify shipped",
)
