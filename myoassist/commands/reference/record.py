"""`myoassist reference record`: whole strides of a simulated run, which loop."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import CHANGES, TYPED, argument
from myoassist.commands.command import Command
from myoassist.commands.reference.made_file import add_origin
from myoassist.runs.plugin_trust import check_stored_code


@dataclass(frozen=True)
class Record:
    """Simulate a run of a search and cut whole strides out of it that loop."""

    run: str = argument("", "a run folder, or a controller that comes with the package", shown="RUN", needed=True)
    out: str = argument("", "the file that is written", shown="FILE.npz", ending=".npz", needed=True)
    duration: float = argument(20.0, "time that is simulated, at most", shown="T", ge=1.0, le=120.0, unit="s")
    trust_plugins: bool = argument(
        False, "run the plugins that the run names although you have never trained with their content"
    )
    overrides: list[str] = argument(
        [], "change the model that is simulated: model.physics=fast, model.device=dephy", given=CHANGES
    )
    typed: list[str] = argument([], "", given=TYPED)


def run(request: Record) -> int:
    """Simulate the run and write the motion.

    Raises:
        UserError: if the run, the model or the file is refused.
    """
    from myoassist.check.code import import_code
    from myoassist.check.run import check
    from myoassist.config.schema.resolved import control_of, follows_speed
    from myoassist.config.schema.run import SHIPPED_PREFIX, CostConfig
    from myoassist.model.load_mujoco import load_mujoco
    from myoassist.runs.choice import choose_evaluated, choose_run
    from myoassist.runs.stored_config import change_config, load_shipped_config, load_stored_config

    if request.run.startswith(SHIPPED_PREFIX):
        config = change_config(load_shipped_config(request.run.removeprefix(SHIPPED_PREFIX)), request.overrides)
    else:
        folder = choose_run(None, request.run)
        config = load_stored_config(folder, request.overrides)
        check_stored_code(config, folder.as_posix(), request.overrides, request.trust_plugins)
        config.optimizer.pickle_path = None
        parameters = choose_evaluated(None, folder, config)
        config.optimizer.param_path = None if parameters is None else str(parameters)
    # Nothing is judged; the speed of the walk stays.
    if follows_speed(config):
        config.control = control_of(config)
    config.cost = CostConfig()
    check(config)
    load_mujoco()
    import_code(config)

    from myoassist.model.build import build_walker
    from myoassist.optimize.start.vector import load_start
    from myoassist.rl.motion.file import save_reference
    from myoassist.rl.motion.record import describe, record_walk, simulated_time
    from myoassist.rollout.simulator import Simulator

    config.env.sim_time = simulated_time(request.duration)
    walker = build_walker(config.model, config.env, exo=config.exo)
    simulator = Simulator(walker, config.env, config.exo, control=config.control)
    start = load_start(config, simulator.table, clamp=False)
    recording = record_walk(simulator, start, request.duration, config.seed)
    motion = add_origin(recording.motion, config, shlex.join([*RECORD.name.split(), *request.typed]))
    save_reference(Path(request.out).expanduser(), motion)
    print(f"{describe(recording)}\n{request.out}")
    return 0


RECORD = Command("myoassist reference record", Record, run, "strides of a simulated run, which loop")
