"""`myoassist export`: files of a run's best for a hardware controller and for OpenSim, or the network of a policy."""

import sys
from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import CHANGES, FLAG, KEY_OR_WORD, argument
from myoassist.commands.command import Command
from myoassist.files.command_words import quote_path
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import check_stored_code

FOLDER = "export"
_FILES = """Its files:
  exo_torque_profile.csv   programmed torque at 0, 1, ..., 100 % of stance, N·m and N·m/kg, for a hardware controller
  exo_torque_profile.json  what it is: timing, direction, mass, limits, parameters, units
  kinematics.mot           coordinates of the model (deg, m) for OpenSim
  ground_reaction.sto      force (N), centre of pressure (m) and free moment (N·m) of each foot, OpenSim's axes
  activations.sto          muscle activations; muscle_forces.sto: muscle forces (N)
  joint_moments.sto        moments of hip, knee and ankle (N·m)
  exo_torque.sto           delivered exo torque (N·m) and place in stance (%)
"""
_POLICY_FILES = """Its files:
  exo_actor.onnx           observation (n, entries) -> action (n, actuators), -1 to 1
  exo_actor.json           names of the entries and actuators, in order
"""


@dataclass(frozen=True)
class Export:
    """Simulate the best of a run as it is and write files into RUN/export, or into FOLDER."""

    run: str | None = argument(None, "folder of the run", given=KEY_OR_WORD, shown="RUN")
    exp: str | None = argument(None, "the newest run of an experiment that has a best", shown="NAME")
    params: str | None = argument(None, "this parameter file instead of the best of the run", shown="FILE")
    out: str | None = argument(None, "where to, RUN/export where not given", given=FLAG, shown="FOLDER")
    trust_plugins: bool = argument(
        False, "run the plugins that the run names although you have never trained with their content"
    )
    overrides: list[str] = argument(
        [], "change the configuration of the run, as in an evaluation: env.sim_time=10", given=CHANGES
    )


@dataclass(frozen=True)
class ExportPolicy:
    """Write the device's network of a trained policy into FOLDER."""

    policy: str = argument("", "run folder, policy file (.zip) or shipped:NAME", shown="POLICY", needed=True)
    out: str = argument(".", "where to", given=FLAG, shown="FOLDER")
    trust_checkpoint: bool = argument(
        False, "read a policy that was not written by this project", name="rl.trust_checkpoint"
    )


def run(request: Export) -> int:
    """Export a run; the first part answers without loading MuJoCo.

    Raises:
        UserError: if the run, its parameters, an override or the folder is refused.
    """
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

    from myoassist.analysis.export.files import write_export
    from myoassist.analysis.walk.evaluation import evaluate_parameters
    from myoassist.analysis.walk.files import describe_source

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
    return 0


def run_policy(request: ExportPolicy) -> int:
    """Export the network of a policy.

    Raises:
        UserError: if the policy is refused.
    """
    # Late: PyTorch is needed for policies alone.
    from myoassist.rl.policy.export import export_networks
    from myoassist.rl.policy.source import find_policy_file, load_policy
    from myoassist.runs.named_files import resolve_policy_path

    path = resolve_policy_path(request.policy, "policy")
    assert path is not None
    policy = load_policy(find_policy_file(path), request.trust_checkpoint)
    for file in export_networks(policy, Path(request.out)):
        print(file.as_posix())
    return 0


COMMAND = Command(
    "myoassist export",
    Export,
    run,
    "exo torque profile for a hardware controller, OpenSim files",
    text=_FILES,
    lead="RUN | exp=NAME | run=RUN",
    title="an export",
    besides=Command(
        "myoassist export",
        ExportPolicy,
        run_policy,
        "network of a trained device as ONNX",
        text=_POLICY_FILES,
        title="an export",
    ),
)
