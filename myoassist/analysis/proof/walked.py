"""Walk a result once as it is, whatever it lies in: a run folder, a packed file, or the package."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from myoassist.analysis.policy.choice import choose_policy_file, open_shipped
from myoassist.analysis.proof.record import WalkProof, dump_proof, load_proof, prove_walk
from myoassist.analysis.walk.evaluation import Evaluation, evaluate_parameters
from myoassist.analysis.walk.trials import try_walk
from myoassist.config.nearest import nearest_name
from myoassist.config.schema.run import SHIPPED_PREFIX, RunConfig
from myoassist.config.sources.shipped import DESCRIPTION, find_controller, list_controllers, list_policies
from myoassist.files.errors import ConfigError, UserError
from myoassist.runs.catalogue import read_json, read_status
from myoassist.runs.choice import choose_evaluated
from myoassist.runs.pack import PROOF_NAME, VECTOR_NAMES, Pack, without_places
from myoassist.runs.policy_files import DESCRIPTION_NAME, POLICY_NAME
from myoassist.runs.stored_config import load_shipped_config, load_stored_config
from myoassist.runs.versions import collect_versions

# What a run says about itself that is worth telling with its result.
_TOLD = ("exp", "evaluations", "generation", "best", "maxiter", "steps", "started", "updated")
_ROBUSTNESS = "eval_robustness.json"


@dataclass(frozen=True)
class Result:
    """Something that can be walked.

    Attributes:
        name: Its name.
        config: Configuration that it walks with.
        file: Its parameters or policy; None for the initial values.
        proof: File of the record of its walk, None where it has none yet.
        origin: What is known about where it comes from.
        robustness: Walks survived by trial, and verdicts, as the score says them; None where it was not tried.
        versions: What its record was made with; empty where that is not told.
    """

    name: str
    config: RunConfig
    file: Path | None
    proof: Path | None
    origin: dict[str, Any]
    robustness: dict[str, Any] | None = None
    versions: dict[str, Any] = field(default_factory=dict)


def find_run(folder: Path, params: str | None = None) -> Result:
    """Return the best of a run.

    Args:
        folder: Run folder.
        params: File of parameters or policy instead of the best.

    Raises:
        UserError: if its configuration cannot be read, or it has no best.
    """
    config = load_stored_config(folder, [])
    if config.task == "rl":
        file: Path | None = choose_policy_file(params, folder)
    else:
        named = folder / VECTOR_NAMES[0]
        file = named if params is None and named.is_file() else choose_evaluated(params, folder, config)
    status = read_status(folder)
    origin = {key: status[key] for key in _TOLD if isinstance(status.get(key), str | int | float)}
    origin["seed"] = config.seed
    tried = read_json(folder / _ROBUSTNESS)
    robustness = None
    if isinstance(tried.get("trials"), dict):
        survived = {trial: item.get("survived") for trial, item in tried["trials"].items()}
        robustness = {"survived": survived, "gate": tried.get("gate"), "goal": tried.get("goal")}
    return Result(folder.resolve().name, without_places(config), file, None, origin, robustness)


def find_shipped(name: str) -> Result:
    """Return a controller or a policy that comes with the package.

    Raises:
        UserError: if there is none of that name.
    """
    controllers, policies = [item.name for item in list_controllers()], list_policies()
    if name in controllers:
        file = find_controller(name)
        told = read_json(file.with_name(DESCRIPTION))
        origin = {"purpose": told.get("purpose"), "commands": told.get("commands")}
        config = without_places(load_shipped_config(name))
        return Result(name, config, file, file.with_name(PROOF_NAME), origin, told.get("robustness"))
    if name in policies:
        policy = open_shipped(f"{SHIPPED_PREFIX}{name}", [])
        told = read_json(policy.path.with_name(DESCRIPTION_NAME))
        origin = {key: told.get(key) for key in ("purpose", "commands", "steps")}
        config = without_places(policy.config)
        return Result(name, config, policy.path, policy.path.with_name(PROOF_NAME), origin)
    known = [*controllers, *policies]
    near = nearest_name(name, known)
    raise ConfigError(
        f"{SHIPPED_PREFIX}{name}: no such controller or policy is shipped",
        f"{SHIPPED_PREFIX}<one of {', '.join(known)}>",
        f"{SHIPPED_PREFIX}{near}" if near else "`myoassist list controllers` shows controllers",
    )


@contextmanager
def unpack(pack: Pack) -> Iterator[Result]:
    """Give the result of a packed file; its parameters lie in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="myoassist-") as folder:
        file, proof = Path(folder) / pack.result_name, Path(folder) / PROOF_NAME
        file.write_bytes(pack.result)
        proof.write_bytes(pack.proof)
        yield Result(pack.name, pack.config, file, proof, pack.origin, versions=pack.versions)


def read_proof(result: Result) -> WalkProof:
    """Return what the walk of a result was.

    Raises:
        UserError: if there is no record of it, or it is damaged.
    """
    try:
        data = (result.proof or Path()).read_bytes()
    except OSError:
        raise UserError(
            f"{result.name} has no record of its walk",
            f"a {PROOF_NAME} beside its parameters",
            "restore the file; `myoassist pack <run folder>` makes one for a run",
        ) from None
    return load_proof(data, result.name)


def walk_result(result: Result) -> Evaluation:
    """Walk a result once; of a policy the first scenario from the first frame of the reference.

    Args:
        result: Its configuration has been checked, and its code imported.

    Raises:
        UserError: if parameters, policy or model are refused.
    """
    if result.config.task == "rl":
        # Late: PyTorch is needed for policies alone.
        from myoassist.analysis.policy.outputs import PolicyRun

        assert result.file is not None
        run = PolicyRun(result.file.parent, result.config, result.file, result.name)
        return run.walk(run.entries()[0])
    # A run over several conditions is walked at the one that it names.
    return evaluate_parameters(replace(result.config, optimizer=replace(result.config.optimizer)), result.file)


def make_pack(result: Result, robustness: bool = False) -> tuple[Pack, Evaluation]:
    """Walk a result and return it as one file.

    Args:
        result: Its configuration has been checked, and its code imported.
        robustness: Try what a walk of a search withstands, instead of taking it from the run.

    Raises:
        UserError: as `walk_result`, or if it walks from initial values, which is no result.
    """
    if result.file is None:
        raise UserError(f"{result.name} has found nothing: it evaluated the initial values", "a run with a best")
    evaluation = walk_result(result)
    learned = result.config.task == "rl"
    name = POLICY_NAME if learned else VECTOR_NAMES[result.file.suffix != ".json"]
    score = evaluation.score.content if evaluation.score is not None else {}
    if robustness and evaluation.score is not None and not learned:
        tried = try_walk(evaluation.config, evaluation.walker, evaluation.vector)
        score = {**score, "robustness": tried.summary}
    elif result.robustness is not None:
        score = {**score, "robustness": result.robustness}
    return (
        Pack(
            name=result.name,
            config=without_places(result.config),
            result_name=name,
            result=result.file.read_bytes(),
            proof=dump_proof(prove_walk(evaluation.log)),
            score=score,
            versions=collect_versions(),
            origin=result.origin,
        ),
        evaluation,
    )
