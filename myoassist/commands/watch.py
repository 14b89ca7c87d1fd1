"""`myoassist watch`: the best of a search walking in a browser, while the search goes on."""

import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from myoassist.commands.argument import KEY_OR_WORD, argument
from myoassist.commands.command import Command
from myoassist.files.command_words import EVALUATE_COMMAND, quote_path
from myoassist.files.errors import UserError
from myoassist.runs.catalogue import CONFIG_NAME, find_newest_run, log_root

if TYPE_CHECKING:
    from myoassist.config.schema.run import RunConfig

# Of the page beside a search: a tenth of a core where the search wants all of it.
_NICENESS = 10
_GRACE_S = 2.0

_TEXT = """The page reads the run folder and nothing else, so the run may go on on this machine or elsewhere:
  the best walks, and a new best is swapped in when the run has written it; score card, terms, convergence, members of
  a pool; pause, slower, target speed, slope, pushes by button or Shift and click; other runs beside it as ghosts.
Nothing but this machine reaches the page unless host= says so; then only the printed address with its token opens it.
"""


@dataclass(frozen=True)
class Watch:
    """Show the best of a search walking in a browser, with its score card and how the search gets on, until Ctrl-C."""

    run: str | None = argument(None, "folder of the run", given=KEY_OR_WORD, shown="RUN")
    exp: str | None = argument(None, "the newest run of an experiment, whether it has a best yet or not", shown="NAME")
    compare: str | None = argument(
        None, "runs to walk beside it as transparent ghosts, several between commas", shown="RUN"
    )
    host: str = argument(
        "127.0.0.1",
        "address to listen on; 0.0.0.0 lets other machines in that know the token",
        shown="ADDRESS",
    )
    port: int = argument(8080, "port, the next free one if it is taken", shown="N", ge=1, le=65535)
    with_parent: bool = argument(
        False, "end when standard input ends, at a lower priority; what watch=true of a search starts"
    )
    trust_plugins: bool = argument(
        False, "run the plugins that a run names although you have never trained with their content"
    )


def run(request: Watch) -> int:
    """Check everything without loading MuJoCo, then serve the page until Ctrl-C.

    Raises:
        UserError: if a run cannot be watched, a package is missing, or nothing can listen at the address.
    """
    stop = threading.Event()
    if request.with_parent:
        _follow_parent(stop)
    sources = _prepare(request)
    from myoassist.analysis.picture.view_web import check_web_viewer

    check_web_viewer()
    from myoassist.model.load_mujoco import load_mujoco

    load_mujoco()
    from myoassist.check.code import import_code
    from myoassist.watch.cockpit import Cockpit, Source
    from myoassist.watch.server import PageServer

    made = [Source(folder, config, folder.name) for folder, config in sources]
    for source in made:
        import_code(source.config, starts=False)
    with PageServer(request.host, request.port, made[0].name) as page, Cockpit(page, made[0], made[1:]) as cockpit:
        where = "on this machine" if page.token is None else "for everybody who knows this address"
        end = "; it ends with the search." if request.with_parent else "; Ctrl-C ends it."
        print(f"{made[0].name} is at {page.url} {where}{end}", flush=True)
        try:
            cockpit.run(stop)
        except KeyboardInterrupt:
            print("Stopped.", flush=True)
    return 0


def _follow_parent(stop: threading.Event) -> None:
    """Leave the processor to the search that has started the page, and end when it does."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)

    def wait() -> None:
        # Nothing is ever sent: reading returns when the other end is closed, which a kill does as well.
        sys.stdin.read()
        stop.set()
        # A page that is still being prepared, or walks something long, is not waited for.
        time.sleep(_GRACE_S)
        os._exit(0)

    threading.Thread(target=wait, daemon=True, name="parent").start()


def _prepare(request: Watch) -> "list[tuple[Path, RunConfig]]":
    """Return folder and checked configuration of every run that is shown, the one that is watched first.

    Raises:
        UserError: if one cannot be.
    """
    from myoassist.runs.choice import choose_run, choose_runs

    folder = None
    if request.run is None and request.exp is not None:
        folder = find_newest_run(log_root(), request.exp, lambda _: True)
    folders = [folder or choose_run(request.exp, request.run)]
    if request.compare is not None:
        folders += choose_runs(None, request.compare, key="compare")
    return [(item, _load(item, request.trust_plugins)) for item in folders]


def _load(folder: Path, trust: bool) -> "RunConfig":
    from myoassist.check.run import check
    from myoassist.optimize.conditions import choose_strategy
    from myoassist.runs.plugin_trust import check_stored_code
    from myoassist.runs.stored_config import load_stored_config

    config = load_stored_config(folder, [])
    shown = quote_path(folder)
    if config.task != "search" or config.optimizer.mode == "evaluate":
        found = "evaluates a vector" if config.task == "search" else f"is one of task={config.task}"
        raise UserError(f"{folder.as_posix()} {found}", "a search", f"{EVALUATE_COMMAND} run={shown} viewer=web")
    if choose_strategy(config.optimizer) == "chain":
        inner = sorted(path.parent for path in folder.glob(f"*/{CONFIG_NAME}"))
        raise UserError(
            f"{folder.as_posix()} is a chain of searches",
            "the folder of one of its conditions",
            f"myoassist watch {quote_path(inner[-1])}" if inner else "wait until its first condition has begun",
        )
    check_stored_code(config, folder.as_posix(), trust=trust)
    # Where the search once started need not exist any more.
    config.optimizer.param_path = config.optimizer.pickle_path = None
    check(config, starts=False)
    return config


COMMAND = Command(
    "myoassist watch",
    Watch,
    run,
    "the best of a search walking in a browser, while it goes on",
    text=_TEXT,
    lead="RUN | exp=NAME",
    title="a live page",
)
