"""`myoassist reference convert`: read a motion and write it in the form that nothing is unpickled for."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import argument
from myoassist.commands.command import Command
from myoassist.commands.reference.made_file import refuse_overwriting
from myoassist.commands.reference.show import describe_motion


@dataclass(frozen=True)
class Convert:
    """Read a .mot, .sto, .json or published .npz file and write it in the form that nothing is unpickled for."""

    source: str = argument("", "the file that is read", name="in", shown="FILE", needed=True)
    out: str = argument("", "the file that is written", shown="FILE.npz", ending=".npz", needed=True)
    map: str | None = argument(None, "says which column is which joint", shown="FILE.yaml")
    stride: int | None = argument(None, "cut this one out, from right heel strike on", shown="N", ge=1, le=9999)
    flip: list[str] = argument([], "turn the signs of these joints", shown="JOINT,JOINT")
    degrees: bool = argument(False, "turn angles that no header says are in degrees into radians")


def run(request: Convert) -> int:
    """Convert the file.

    Raises:
        UserError: if it cannot be read, or not be changed as it is asked for.
    """
    refuse_overwriting(request.source, request.out)
    from myoassist.rl.motion.changes import change_motion
    from myoassist.rl.motion.file import load_reference, save_reference

    motion = load_reference(request.source, request.map)
    motion = change_motion(motion, request.stride, request.flip, request.degrees)
    save_reference(Path(request.out).expanduser(), motion)
    print(describe_motion(request.out))
    return 0


CONVERT = Command("myoassist reference convert", Convert, run, "a motion of another program, or a changed one")
