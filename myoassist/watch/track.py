"""One run on the page: its folder is looked at and its best walked again, both beside the page."""

from concurrent.futures import Executor, Future
from pathlib import Path

from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import UserError
from myoassist.watch.run_files import RunState, read_run
from myoassist.watch.walk import Push, Rewalker, Walked, Wish


class Track:
    """A run that is watched.

    Args:
        folder: Run folder.
        config: Its checked configuration, whose code has been imported.
        looker: Where the folder is read.
        walker: Where walks are simulated, one at a time.

    Attributes:
        folder: Run folder.
        config: Its configuration.
        state: What the last look has found.
        walked: The newest walk; None before the first.
        message: Why the last wish could not be walked; empty where it could.
    """

    def __init__(self, folder: Path, config: RunConfig, looker: Executor, walker: Executor) -> None:
        self.folder = folder
        self.config = config
        self.state: RunState = read_run(folder)
        self.walked: Walked | None = None
        self.message = ""
        self._rewalker = Rewalker(config)
        self._looker, self._walker = looker, walker
        self._look: Future[RunState] | None = None
        self._walk: Future[Walked] | None = None
        self._asked: Wish | None = None

    @property
    def busy(self) -> bool:
        """Whether a walk is being simulated."""
        return self._walk is not None

    def look(self) -> None:
        """Begin to read the folder, unless that goes on already."""
        if self._look is None:
            self._look = self._looker.submit(read_run, self.folder)

    def ask(self, speed: float, slope_deg: float, pushes: tuple[Push, ...]) -> bool:
        """Begin to walk the best; return False where a walk goes on or exactly this was asked for last."""
        best = self.state.best
        if best is None or self._walk is not None:
            return False
        wish = Wish(best.file, best.digest, speed, slope_deg, pushes)
        if wish == self._asked:
            return False
        self._asked = wish
        self._walk = self._walker.submit(self._rewalker.walk, wish)
        return True

    def collect(self) -> tuple[bool, bool]:
        """Take what is ready; return whether there is a new look, and a new walk or message."""
        looked = walked = False
        if self._look is not None and self._look.done():
            self.state, self._look, looked = self._look.result(), None, True
        if self._walk is not None and self._walk.done():
            done, self._walk, walked = self._walk, None, True
            try:
                self.walked, self.message = done.result(), ""
            except UserError as error:
                self.message = str(error)
            except OSError as error:
                # The run has replaced the file at this moment, or its disk is away: the next look asks again.
                self.message, self._asked = f"The best could not be read: {error}", None
        return looked, walked
