"""`myoassist reference synthesize`: a motion with the normative joint angles."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import CHANGES, TYPED, argument
from myoassist.commands.command import Command
from myoassist.commands.reference.made_file import add_origin
from myoassist.commands.reference.show import describe_motion


@dataclass(frozen=True)
class Synthesize:
    """Make a motion with the normative joint angles, the lower foot on the ground."""

    out: str = argument("", "the file that is written", shown="FILE.npz", ending=".npz", needed=True)
    speed: float = argument(1.25, "walking speed", shown="V", ge=0.1, le=3.0, unit="m/s")
    stride: float = argument(1.1, "time of a stride", shown="T", ge=0.5, le=3.0, unit="s")
    overrides: list[str] = argument(
        [], "change the model that is posed: model.physics=fast, model.device=dephy", given=CHANGES
    )
    typed: list[str] = argument([], "", given=TYPED)


def run(request: Synthesize) -> int:
    """Make the motion and print what it holds.

    Raises:
        UserError: if the model is refused, or the file cannot be written.
    """
    from myoassist.check.run import check
    from myoassist.config.compose.run import compose_run
    from myoassist.config.schema.plant import PUBLISHED
    from myoassist.model.load_mujoco import load_mujoco

    # Policies, which the motion is for, have the published body.
    config = compose_run([f"model.plant={PUBLISHED}", *request.overrides]).config
    check(config, starts=False)
    load_mujoco()

    from myoassist.model.build import build_walker
    from myoassist.rl.motion.file import save_reference
    from myoassist.rl.motion.synthesis import synthesize_motion

    walker = build_walker(config.model, config.env, exo=config.exo)
    command = shlex.join([*SYNTHESIZE.name.split(), *request.typed])
    motion = add_origin(synthesize_motion(walker, request.speed, request.stride), config, command)
    save_reference(Path(request.out).expanduser(), motion)
    print(describe_motion(request.out))
    return 0


SYNTHESIZE = Command("myoassist reference synthesize", Synthesize, run, "a motion with the normative joint angles")
