"""`myoassist evos`: tables, figures, the best, what failed, and one page about an evolution."""

from dataclasses import dataclass
from pathlib import Path

from myoassist.commands.argument import WORDS, argument
from myoassist.commands.command import Command


@dataclass(frozen=True)
class Evos:
    """Write tables, figures, the best individual and a page of each evolution into its folder evos/.

    Its best fitness is printed with the command that repeats it.
    """

    folders: list[str] = argument(
        [], "folder of an evolution, logs/<date>/<name>_evolution", given=WORDS, shown="FOLDER", needed=True
    )


def run(request: Evos) -> int:
    """Report evolutions.

    Raises:
        UserError: for a folder without an evolution.
    """
    # Late, because pandas and matplotlib are slow to import.
    from myoassist.files.command_words import localize_command
    from myoassist.sweep.evolution.reading.report import report_evolution
    from myoassist.sweep.evolution.reading.tables import read_evolution

    for text in request.folders:
        page = report_evolution(Path(text))
        best = read_evolution(Path(text)).best
        print(page.as_posix())
        if best:
            print(f"  best fitness {best['fitness']:.6g} in {best['folder']}\n  {localize_command(best['command'])}")
    return 0


COMMAND = Command(
    "myoassist evos",
    Evos,
    run,
    "report of an evolution: tables, figures, best, failures, page",
    example="myoassist evos logs/<date>/<name>_evolution",
)
