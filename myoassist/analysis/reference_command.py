"""The `myoassist reference` command: make reference motions for the RL trainer, cut strides, say what they hold."""

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.config.nearest import nearest_name
from myoassist.files.command_words import quote_path
from myoassist.files.errors import UserError
from myoassist.runs.plugin_trust import TRUST_KEY, check_stored_code, parse_trust

if TYPE_CHECKING:
    from myoassist.config.schemas import RunConfig
    from myoassist.rl.reference import ReferenceMotion

USAGE = """usage: myoassist reference record run=RUN out=FILE.npz [duration=20] [key=value ...]
                                  [trust_plugins=true]
       myoassist reference synthesize out=FILE.npz [speed=1.25] [stride=1.1] [key=value ...]
       myoassist reference convert in=FILE.mot out=FILE.npz [map=FILE.yaml] [stride=1]
                                   [flip=JOINT,JOINT] [degrees=true]
       myoassist reference gait in=FILE out=FILE.csv [stride=1] [shift_r=50]
       myoassist reference show FILE

record      simulate a reflex-controlled run (a folder, or shipped:NAME) and cut whole strides out of it that loop
synthesize  a motion with the normative joint angles, the lower foot on the ground
convert     read a .mot, .sto, .json or published .npz file and write it in the form that nothing is unpickled for;
            stride= cuts one out, from right heel strike on, flip= turns the signs of joints, degrees=true turns angles
            that no header says are in degrees into radians
gait        cut one stride out of a recording for cost.reference, from left heel strike on; shift_r= begins the right
            leg's columns there, % of the cycle: 50 where either leg begins with its own heel strike
show        joints, muscles, length, rate and speed of a motion

  key=value  change the model that is simulated: model.physics=fast, model.device=dephy
A motion is used with env.reference_data_path=FILE.npz (task=rl), a gait with cost.reference=FILE.csv.
"""
_OPTIONS = {
    "record": ("run", "out", "duration", TRUST_KEY),
    "synthesize": ("out", "speed", "stride"),
    "convert": ("in", "out", "map", "stride", "flip", "degrees"),
    "gait": ("in", "out", "stride", "shift_r"),
    "show": ("in",),
}


def main(arguments: list[str]) -> int:
    """Run the reference command.

    Args:
        arguments: What follows `myoassist reference`.

    Returns:
        0.

    Raises:
        UserError: if an argument, a run, a model or a file is refused.
    """
    if not arguments or any(argument in ("-h", "--help", "help") for argument in arguments):
        print(USAGE, end="")
        return 0
    what, *rest = arguments
    if what not in _OPTIONS:
        near = nearest_name(what, _OPTIONS)
        raise UserError(
            f"myoassist reference {what}: no such command",
            "one of these\n" + USAGE.rstrip(),
            shlex.join(["myoassist", "reference", near, *rest]) if near else "",
        )
    own, overrides = _parse(what, rest)
    if what == "record":
        _record(own, overrides, shlex.join(["myoassist", "reference", *arguments]))
    elif what == "synthesize":
        _synthesize(own, overrides, shlex.join(["myoassist", "reference", *arguments]))
    elif what == "convert":
        _convert(own)
    elif what == "gait":
        _cut_gait(own)
    else:
        print(_show(own["in"]))
    return 0


def _parse(what: str, arguments: list[str]) -> tuple[dict[str, str], list[str]]:
    own: dict[str, str] = {}
    overrides: list[str] = []
    needed = {"record": ("run", "out"), "synthesize": ("out",), "convert": ("in", "out"), "gait": ("in", "out")}.get(
        what, ("in",)
    )
    for word in arguments:
        key, separator, value = word.partition("=")
        if not separator and what == "show":
            key, separator, value = "in", "=", word
        if key in _OPTIONS[what] and separator:
            if not value or key in own:
                raise UserError(f"{key}= is given twice" if value else f"{word} names nothing", USAGE.rstrip())
            own[key] = value
        elif separator and what in ("record", "synthesize") and not word.startswith("-"):
            overrides.append(word)
        else:
            raise UserError(f"{word!r} is no argument of myoassist reference {what}", USAGE.rstrip())
    missing = [f"{name}=" for name in needed if name not in own]
    if missing:
        raise UserError(f"myoassist reference {what} lacks {' and '.join(missing)}", USAGE.rstrip())
    ending = ".csv" if what == "gait" else ".npz"
    if "out" in own and Path(own["out"]).suffix != ending:
        raise UserError(
            f"out={own['out']}",
            f"a file that ends with {ending}",
            f"out={quote_path(Path(own['out']).with_suffix(ending))}",
        )
    if "out" in own and "in" in own and Path(own["out"]).resolve() == Path(own["in"]).resolve():
        raise UserError(f"out={own['out']} is the file that is read", "another file", "out=<new file>")
    return own, overrides


def _number(own: dict[str, str], name: str, default: float, low: float, high: float) -> float:
    try:
        value = float(own.get(name, default))
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise UserError(f"{name}={own[name]}", f"a number from {low:g} to {high:g}", f"{name}={default:g}")
    return value


def _record(own: dict[str, str], overrides: list[str], command: str) -> None:
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.config.schemas import SHIPPED_PREFIX, CostConfig
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.choice import choose_evaluated, choose_run
    from myoassist.runs.stored_config import change_config, load_shipped_config, load_stored_config

    duration = _number(own, "duration", 20.0, 1.0, 120.0)
    trust = parse_trust(own.get(TRUST_KEY, "false"))
    if own["run"].startswith(SHIPPED_PREFIX):
        config = change_config(load_shipped_config(own["run"].removeprefix(SHIPPED_PREFIX)), overrides)
    else:
        run = choose_run(None, own["run"])
        config = load_stored_config(run, overrides)
        check_stored_code(config, run.as_posix(), overrides, trust)
        config.optimizer.pickle_path = None
        parameters = choose_evaluated(None, run, config)
        config.optimizer.param_path = None if parameters is None else str(parameters)
    # Nothing is judged.
    config.cost = CostConfig()
    check(config)
    load_mujoco()
    import_code(config)

    from myoassist.model.build import build_walker
    from myoassist.optimize.start import load_start
    from myoassist.rl.reference_file import save_reference
    from myoassist.rl.reference_record import describe, record_walk, simulated_time
    from myoassist.rollout.simulator import Simulator

    config.env.sim_time = simulated_time(duration)
    walker = build_walker(config.model, config.env, exo=config.exo)
    simulator = Simulator(walker, config.env, config.exo, control=config.control)
    recording = record_walk(simulator, load_start(config, simulator.table, clamp=False), duration, config.seed)
    motion = _described(recording.motion, config, command)
    save_reference(Path(own["out"]).expanduser(), motion)
    print(f"{describe(recording)}\n{own['out']}")


def _synthesize(own: dict[str, str], overrides: list[str], command: str) -> None:
    from myoassist.check.run import check
    from myoassist.config.compose import compose_run
    from myoassist.model.load_mujoco import load_mujoco

    speed = _number(own, "speed", 1.25, 0.1, 3.0)
    stride = _number(own, "stride", 1.1, 0.5, 3.0)
    config = compose_run(overrides).config
    check(config, starts=False)
    load_mujoco()

    from myoassist.model.build import build_walker
    from myoassist.rl.reference_file import save_reference
    from myoassist.rl.reference_synthesis import synthesize_motion

    walker = build_walker(config.model, config.env, exo=config.exo)
    motion = _described(synthesize_motion(walker, speed, stride), config, command)
    save_reference(Path(own["out"]).expanduser(), motion)
    print(_show(own["out"]))


def _described(motion: "ReferenceMotion", config: "RunConfig", command: str) -> "ReferenceMotion":
    """Add what somebody who finds the file wants to know."""
    from dataclasses import replace

    metadata = motion.metadata | {
        "mean_speed": round(motion.mean_speed, 4),
        "musculature": config.model.musculature,
        "device": config.model.device,
        "physics": config.model.physics,
        "command": command,
    }
    return replace(motion, metadata=metadata)


def _stride(own: dict[str, str]) -> int | None:
    if "stride" not in own:
        return None
    if not own["stride"].isdecimal() or not 1 <= int(own["stride"]) <= 9999:
        raise UserError(f"stride={own['stride']}", "a whole number from 1", "stride=1")
    return int(own["stride"])


def _cut_gait(own: dict[str, str]) -> None:
    from myoassist.files.atomic import write_text_atomic
    from myoassist.gait.own_reference import load_reference
    from myoassist.gait.reference_columns import ReferenceFileError
    from myoassist.gait.stride_cut import cut_stride, format_cut

    cut = cut_stride(own["in"], _stride(own), _number(own, "shift_r", 0.0, -100.0, 100.0))
    out = Path(own["out"]).expanduser()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomic(out, format_cut(cut.columns))
    except OSError as error:
        raise UserError(
            f"{out} cannot be written: {error.strerror or error}",
            "a file in a folder that can be written",
            "out=<file>",
        ) from error
    print(f"{own['out']}: {cut.note}")
    try:
        load_reference(str(out))
    except ReferenceFileError as error:
        # It was asked for and is written; what else is wrong with it is said now rather than by the run.
        print(f"A run would refuse it:\n{error}")


def _convert(own: dict[str, str]) -> None:
    from myoassist.rl.reference_changes import change_motion
    from myoassist.rl.reference_file import load_reference, save_reference
    from myoassist.runs.plugin_trust import parse_truth

    stride, flip = _stride(own), [name for name in own.get("flip", "").split(",") if name]
    degrees = parse_truth("degrees", own.get("degrees", "false"))
    motion = change_motion(load_reference(own["in"], own.get("map")), stride, flip, degrees)
    save_reference(Path(own["out"]).expanduser(), motion)
    print(_show(own["out"]))


def _show(path: str) -> str:
    from myoassist.rl.reference_file import load_reference

    motion = load_reference(path)
    lines = [
        f"{path}: {motion.length} frames at {motion.sample_rate:g} Hz, {motion.duration:.2f} s, "
        f"{'periodic' if motion.periodic else 'not periodic'}, "
        + ("no pelvis_tx, so no speed" if math.isnan(motion.mean_speed) else f"mean speed {motion.mean_speed:.3f} m/s"),
        f"joints: {', '.join(motion.q)}",
        f"activations: {', '.join(motion.act) or 'none'}",
    ]
    told = ("musculature", "device", "physics", "command", "made_by")
    lines += [f"{name}: {motion.metadata[name]}" for name in told if name in motion.metadata]
    return "\n".join(lines)
