"""The `myoassist` command: train, eval and lists of what there is."""

import math
import os
import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from myoassist.config.nearest import nearest_name
from myoassist.files.command_words import TRAIN_COMMAND, localize_command
from myoassist.files.errors import ConfigError, UserError

if TYPE_CHECKING:
    from myoassist.rl.routing import Routing

USAGE = """usage: myoassist train exp=NAME [key=value ...]     optimize (the same as python -m myoassist.train)
       myoassist eval exp=NAME | run=FOLDER [...]    show the best: video, plots, metrics
       myoassist sim exp=NAME [...]                  five seconds of random actions in an RL environment
       myoassist replay FILE [video=OUT.mp4]         what went wrong in a failed simulation of a run's faults/
       myoassist import PRESET ... [--out FOLDER]    MyoAssist presets (.bat, .sh, .json) become experiments
       myoassist export RUN [--out FOLDER]           exo torque profile for a hardware controller, OpenSim files
       myoassist reference record | synthesize | ... motions that the RL trainer imitates
       myoassist export policy=POLICY [--out FOLDER] network of a trained device as ONNX
       myoassist evos FOLDER ...                     report of an evolution: tables, figures, best, failures, page
       myoassist sweeps FOLDER ...                   the same for the runs of a grid or of a day
       myoassist list exps                           experiments and what they are for
       myoassist list devices                        worn devices and whether a torque controller drives them
       myoassist list models                         options of model=
       myoassist list controllers                    controllers that come with the package (shipped:NAME)
       myoassist list terms [PLUGIN.py ...]          cost terms, built-in ones and those of plugin files
       myoassist list keys                           configuration keys, their defaults and meaning
       myoassist list params [exp=NAME ...]          names, units, start values and bounds of the searched parameters
       myoassist list observation|actions exp=NAME   what a policy sees and drives, by place, name and network
       myoassist completion bash                     makes Tab complete this command, see its -h
"""
_HELP_WORDS = ("-h", "--help", "help")
_COMMANDS = (
    *("train", "eval", "sim", "replay", "import", "export", "reference", "evos", "sweeps", "list", "completion"),
    "--help",
    "--version",
)
_LISTS_OF_RUNS = ("params", "observation", "actions")
# Words for the same.
_OTHER_LISTS = {"experiments": "exps", "exos": "devices", "parameters": "params", "observations": "observation"}


def main(argv: list[str] | None = None) -> int:
    """Run the `myoassist` command.

    Args:
        argv: Arguments without the program name; those of the process where not given.

    Returns:
        Exit code: 0 done, 2 refused with a message, others as `train` and `eval` say.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # `myoassist list params | head`: nobody reads on, and Python must not complain while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command == "train":
        from myoassist.train import main as train

        return train(rest)
    if command == "eval":
        from myoassist.evaluate import main as evaluate

        return evaluate(rest)
    if command == "import":
        from myoassist.compat.import_command import main as import_presets

        return import_presets(rest)
    if command == "export":
        from myoassist.analysis.export_command import main as export_run

        return export_run(rest)
    if command == "reference":
        from myoassist.analysis.reference_command import main as make_reference

        return make_reference(rest)
    if command == "sim":
        from myoassist.analysis.rl_sim_command import main as simulate

        return simulate(rest)
    if command == "replay":
        from myoassist.analysis.replay import main as replay

        return replay(rest)
    if command == "evos":
        from myoassist.sweep.evolution_report import run_evos

        print(run_evos(rest))
        return 0
    if command == "sweeps":
        from myoassist.sweep.sweep_report import run_sweeps

        print(run_sweeps(rest))
        return 0
    if command == "list":
        return _list(rest)
    if command == "completion":
        from myoassist.config.completion import main as complete

        return complete(rest)
    if command in _HELP_WORDS:
        print(USAGE, end="")
        return 0
    if command == "--version":
        from myoassist import __version__

        print(__version__)
        return 0
    near = nearest_name(command, _COMMANDS)
    raise ConfigError(
        f"myoassist {command}: no such command" if command else "no command",
        "one of these\n" + USAGE.rstrip(),
        shlex.join(["myoassist", near, *rest]) if near else "",
    )


def _list(arguments: list[str]) -> int:
    lists: dict[str, Callable[[list[str]], str]] = {
        "exps": _exps,
        "devices": _devices,
        "models": _models,
        "controllers": _controllers,
        "terms": _terms,
        "keys": _keys,
        "params": _params,
        "observation": _observation,
        "actions": _actions,
    }
    if any(argument in _HELP_WORDS for argument in arguments):
        print(_list_usage(), end="")
        return 0
    what, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if what not in lists or (rest and what not in (*_LISTS_OF_RUNS, "terms")):
        near = nearest_name(what, lists) or _OTHER_LISTS.get(what.casefold())
        words = [near, *(rest if near in _LISTS_OF_RUNS else [])] if near else ["-h"]
        found = " ".join(["myoassist list", *arguments])
        raise ConfigError(found, f"myoassist list <{'|'.join(lists)}>", shlex.join(["myoassist", "list", *words]))
    if what in _LISTS_OF_RUNS:
        # Late, because Hydra is slow to import.
        from myoassist.config.foreign_spelling import refuse_foreign_spelling

        refuse_foreign_spelling(rest, f"myoassist list {what}", flags={})
    print(lists[what](rest))
    sys.stdout.flush()
    return 0


def _list_usage() -> str:
    """Return the lines of the usage that are about lists."""
    lines = [line for line in USAGE.splitlines(keepends=True) if line.split()[:2] == ["myoassist", "list"]]
    return "usage:" + "".join(lines)[len("usage:") :]


def _exps(_: list[str]) -> str:
    from myoassist.config.groups import describe_experiments

    return f"{describe_experiments()}\n\nrun one: {localize_command(TRAIN_COMMAND)} exp=<name>"


def _controllers(_: list[str]) -> str:
    from myoassist.config.shipped import list_controllers

    rows = [f"{item.name:24s} {item.purpose}" for item in list_controllers()]
    return "\n".join(rows) + "\n\nstart from one: optimizer.param_path=shipped:<name>"


def _terms(plugins: list[str]) -> str:
    from myoassist.cost.registry import term_rows
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.plugins import import_plugins

    # Named by who asks, as in a run.
    load_mujoco()
    import_plugins(plugins)
    return f"{_table(term_rows())}\n\nadd one to a target: cost.extra_terms=[<term>] cost.weights.<term>=1"


def _models(_: list[str]) -> str:
    from myoassist.config.groups import group_options, option_purpose
    from myoassist.model.survey import load_survey

    options = _table([(f"model={name}", option_purpose("model", name)) for name in group_options("model")])
    rows = [("model.musculature", "model.device", "muscles", "degrees of freedom", "actuators", "mass, kg")]
    for row in load_survey():
        counts = (row.muscles, row.degrees_of_freedom, row.actuators)
        rows.append((str(row.musculature), row.device, *map(str, counts), f"{row.mass_kg:.2f}"))
    return f"{options}\n\n{_table(rows)}"


def _devices(_: list[str]) -> str:
    from myoassist.model.devices import DEVICES
    from myoassist.model.own_devices import list_own_devices

    rows = [("model.device", "library name", "driven joints", "what it is")]
    known = (*DEVICES, *list_own_devices())
    return _table(rows + [(item.short, item.key, item.drives or "no", item.note) for item in known])


def _keys(_: list[str]) -> str:
    from myoassist.config.keys import list_keys

    return list_keys()


def _params(overrides: list[str]) -> str:
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.config.compose import compose_run
    from myoassist.control.table import table_of
    from myoassist.model.devices import device_of
    from myoassist.optimize.affine import add_slopes
    from myoassist.optimize.conditions import choose_strategy, slope_unit

    config = compose_run(overrides).config
    # Where the search starts does not matter for the table.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    check(config, starts=False)
    # Named on this command line or in an experiment of the user.
    import_code(config, starts=False)
    table = table_of(config, 2 if config.model.musculature == 22 else 3, device_of(config.model))
    if choose_strategy(config.optimizer) == "affine":
        table = add_slopes(table, slope_unit(config.optimizer))
    rows = [("name", "group", "start", "lowest", "highest", "unit", "raw start")]
    for item in table.parameters:
        shown = 180.0 / math.pi if item.unit.startswith("deg") else 1.0
        start, low, high = (
            f"{shown * (item.scale * raw + item.offset):.4g}" for raw in (item.initial, item.lower, item.upper)
        )
        if item.fixed:
            low = high = "fixed"
        rows.append((item.name, item.group, start, low, high, item.unit, f"{item.initial:.4g}"))
    return f"{_table(rows)}\n\n{len(table)} parameters, layout {table.layout}; value = scale * raw + offset"


def _observation(overrides: list[str]) -> str:
    from myoassist.rl.channels import list_observation

    return _table(list_observation(_routing(overrides)))


def _actions(overrides: list[str]) -> str:
    from myoassist.rl.channels import list_actions

    return _table(list_actions(_routing(overrides)))


def _routing(overrides: list[str]) -> "Routing":
    from myoassist.check.run import check
    from myoassist.config.compose import compose_run
    from myoassist.model.load_mujoco import load_mujoco

    config = compose_run(overrides).config
    if config.task != "rl":
        raise ConfigError(f"task={config.task} has no policy", "an experiment of task=rl", "exp=rl_test")
    # What it starts from does not matter for the table.
    config.env.prev_trained_policy_path = None
    check(config, starts=False)
    load_mujoco()
    from myoassist.rl.channels import route_model

    return route_model(config)


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
