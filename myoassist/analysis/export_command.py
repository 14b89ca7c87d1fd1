"""The `myoassist export` command: files of a run's best for a hardware controller and for OpenSim."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.files.command_words import quote_path
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import TRUST_KEY, check_stored_code, parse_trust

if TYPE_CHECKING:
    from myoassist.analysis.evaluation import Evaluation

USAGE = """usage: myoassist export RUN | exp=NAME | run=RUN [params=FILE] [--out FOLDER] [key=value ...]

Simulate the best of a run as it is and write into RUN/export, or into FOLDER:
  exo_torque_profile.csv   programmed torque at 0, 1, ..., 100 % of stance, N·m and N·m/kg, for a hardware controller
  exo_torque_profile.json  what it is: timing, direction, mass, limits, parameters, units
  kinematics.mot           coordinates of the model (deg, m) for OpenSim
  ground_reaction.sto      force (N), centre of pressure (m) and free moment (N·m) of each foot, OpenSim's axes
  activations.sto          muscle activations; muscle_forces.sto: muscle forces (N)
  joint_moments.sto        moments of hip, knee and ankle (N·m)
  exo_torque.sto           delivered exo torque (N·m) and place in stance (%)

  key=value     change the configuration of the run, as in an evaluation: env.sim_time=10
  trust_plugins=true   run the plugins that the run names although you have never trained with their content

       myoassist export policy=RUN|FILE.zip|shipped:NAME [--out FOLDER] [rl.trust_checkpoint=true]

Write the device's network of a trained policy into FOLDER (. where not given):
  exo_actor.onnx           observation (n, entries) -> action (n, actuators), -1 to 1
  exo_actor.json           names of the entries and actuators, in order
"""
FOLDER = "export"


@dataclass(frozen=True)
class _Request:
    run: str | None
    exp: str | None
    params: str | None
    out: str | None
    trust_plugins: bool
    overrides: list[str]


def main(arguments: list[str]) -> int:
    """Run the export command.

    Args:
        arguments: What follows `myoassist export`.

    Returns:
        0.

    Raises:
        UserError: if the run, its parameters, an override or the folder is refused.
    """
    if any(argument in ("-h", "--help") for argument in arguments):
        print(USAGE, end="")
        return 0
    if any(argument.startswith("policy=") for argument in arguments):
        # Late: PyTorch is needed for policies alone.
        from myoassist.rl.policy_export import run_export

        for path in run_export(arguments):
            print(path.as_posix())
        return 0
    _export(_parse(arguments))
    return 0


def _parse(arguments: list[str]) -> _Request:
    own: dict[str, str] = {}
    overrides: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        key, separator, value = word.partition("=")
        if key == "--out" and not separator and rest:
            separator, value = "=", rest.pop(0)
        elif not separator and not word.startswith("-"):
            key, value = "run", word
        if key in ("run", "exp", "params", "--out", TRUST_KEY):
            if not value or key in own:
                raise UserError(f"{key} is given twice" if value else f"{word} names nothing", USAGE.rstrip())
            own[key] = value
        elif word.startswith("-"):
            raise UserError(f"{word!r} is no argument of an export", USAGE.rstrip())
        else:
            overrides.append(word)
    trust = parse_trust(own.get(TRUST_KEY, "false"))
    return _Request(own.get("run"), own.get("exp"), own.get("params"), own.get("--out"), trust, overrides)


def _export(request: _Request) -> None:
    """Do everything; the first part answers without loading MuJoCo."""
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.catalogue import describe_run
    from myoassist.runs.choice import choose_evaluated, choose_run
    from myoassist.runs.stored_config import load_stored_config

    run = choose_run(request.exp, request.run)
    config = load_stored_config(run, request.overrides)
    check_stored_code(config, run.as_posix(), request.overrides, request.trust_plugins)
    parameters = choose_evaluated(request.params, run, config)
    config.optimizer.param_path = config.optimizer.pickle_path = None
    check(config, starts=False)
    folder = Path(request.out).expanduser() if request.out else run / FOLDER
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--out {folder} is a file", "a folder", f"--out {quote_path(f'{folder}_files')}")
    print(f"Exporting {describe_run(run)}", flush=True)
    load_mujoco()
    import_code(config, starts=False)

    from myoassist.analysis.evaluation import evaluate_parameters
    from myoassist.analysis.evaluation_files import describe_source

    evaluation = evaluate_parameters(config, parameters)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files, notices = write_export(folder, evaluation, run.name, describe_source(parameters, run))
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written: {error.strerror or error}",
            "a folder that can be written, on a disk with space",
            "--out <other folder>",
        ) from error
    for file in files:
        print(f"  {file.as_posix()}")
    for notice in notices:
        print(f"  {notice}", file=sys.stderr)


def write_export(folder: Path, evaluation: "Evaluation", run: str, source: str) -> tuple[list[Path], list[str]]:
    """Write everything that can be written about an evaluated walk.

    Args:
        folder: Existing folder.
        evaluation: The walk.
        run: Name of the run.
        source: Where the parameters come from.

    Returns:
        The files, and sentences about what could not be written.

    Raises:
        OSError: if a file cannot be written.
    """
    from myoassist.analysis.export_contact import measure_ground_reaction
    from myoassist.analysis.export_opensim import write_opensim
    from myoassist.analysis.export_profile import PROFILE, write_profile

    files: list[Path] = []
    notices: list[str] = []
    if evaluation.curve is not None:
        files += write_profile(folder, evaluation, run, source)
    elif evaluation.config.exo.controller == "none":
        notices.append(f"No {PROFILE}: the run has no torque controller (exo=none).")
    else:
        notices.append(f"No {PROFILE}: {evaluation.log.reason}.")
    if evaluation.log.n_steps == 0:
        notices.append(f"No motion: the walk could not start ({evaluation.log.reason}).")
        return files, notices
    reaction = measure_ground_reaction(evaluation)
    if not reaction.repeated:
        notices.append("The ground reaction is of a walk that differs from the other files: physics did not repeat.")
    files += write_opensim(folder, evaluation, reaction)
    if evaluation.log.reason:
        notices.append(f"The motion ends early: {evaluation.log.reason}.")
    return files, notices
