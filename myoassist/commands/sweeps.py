"""`myoassist sweeps`: tables, figures, what failed, and one page about many runs."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import WORDS, argument
from myoassist.commands.command import Command


@dataclass(frozen=True)
class Sweeps:
    """Write tables, figures and a page of the runs below each folder into its folder sweeps/.

    How many have finished is printed, and the commands of those that failed.
    """

    folders: list[str] = argument(
        [], "folder of a grid or of a day, logs/<date>", given=WORDS, shown="FOLDER", needed=True
    )


def run(request: Sweeps) -> int:
    """Report sweeps.

    Raises:
        UserError: for a folder without runs.
    """
    # Late, because pandas and matplotlib are slow to import.
    from myoassist.files.command_words import localize_command
    from myoassist.sweep.grid.report import report_sweep

    for text in request.folders:
        page, tables = report_sweep(Path(text))
        states = tables.runs["status"].value_counts()
        print(page.as_posix())
        print(f"  {len(tables.runs)} runs: " + ", ".join(f"{count} {name}" for name, count in states.items()))
        for command in tables.failures["command"]:
            print(f"  {localize_command(command)}")
    return 0


COMMAND = Command(
    "myoassist sweeps",
    Sweeps,
    run,
    "the same for the runs of a grid or of a day",
    example="myoassist sweeps logs/<date>",
)
