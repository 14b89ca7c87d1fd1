"""`myoassist reference gait`: cut one stride out of a recording for the cost of a search."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import argument
from myoassist.commands.command import Command
from myoassist.commands.reference.made_file import refuse_overwriting
from myoassist.files.errors import UserError


@dataclass(frozen=True)
class Gait:
    """Cut one stride out of a recording for cost.reference, from left heel strike on."""

    source: str = argument("", "the recording", name="in", shown="FILE", needed=True)
    out: str = argument("", "the file that is written", shown="FILE.csv", ending=".csv", needed=True)
    stride: int | None = argument(None, "which stride of several", shown="N", ge=1, le=9999)
    shift_r: float = argument(
        0.0,
        "begin the right leg's columns at this part of the cycle: 50 where either leg begins with its own heel strike",
        shown="PERCENT",
        ge=-100,
        le=100,
        unit="%",
    )


def run(request: Gait) -> int:
    """Cut the stride and say what a run would find wrong with it.

    Raises:
        UserError: if the recording cannot be read or the file not be written.
    """
    refuse_overwriting(request.source, request.out)
    from myoassist.files.atomic import write_text_atomic
    from myoassist.gait.reference.columns import ReferenceFileError
    from myoassist.gait.reference.own import load_reference
    from myoassist.gait.reference.stride_cut import cut_stride, format_cut

    cut = cut_stride(request.source, request.stride, request.shift_r)
    out = Path(request.out).expanduser()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomic(out, format_cut(cut.columns))
    except OSError as error:
        raise UserError(
            f"{out} cannot be written: {error.strerror or error}",
            "a file in a folder that can be written",
            "out=<file>",
        ) from error
    print(f"{request.out}: {cut.note}")
    try:
        load_reference(str(out))
    except ReferenceFileError as error:
        # It was asked for and is written; what else is wrong with it is said now rather than by the run.
        print(f"A run would refuse it:\n{error}")
    return 0


GAIT = Command("myoassist reference gait", Gait, run, "one stride of a recording for cost.reference")
