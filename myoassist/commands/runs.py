"""`myoassist runs`: all runs in one table, to filter, mark and keep in a file."""

import fnmatch
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myoassist.commands.argument import FLAG, KEY_OR_WORD, WORDS, argument
from myoassist.commands.command import Command, Group
from myoassist.config.nearest import nearest_name
from myoassist.files.atomic import write_bytes_atomic
from myoassist.files.errors import ConfigError, UserError

if TYPE_CHECKING:
    import pandas as pd

_SHOWN = ("folder", "exp", "status", "evaluations", "best", "overall_sd", "bounds_missed", "tags")
_COMPARED = ("<=", ">=", "!=", "<", ">", "=")


@dataclass(frozen=True)
class ListRuns:
    """Print the runs below logs/ (or MYOASSIST_LOGS), the newest first; with filters those that fit all of them."""

    where: str | None = argument(
        None,
        "filters between blanks, in quotes: where='status=finished exp=human* overall_sd<1 tags=paper'",
        shown="FILTERS",
    )


@dataclass(frozen=True)
class KeepRuns:
    """Write the table of all runs into a file that other programs query; an old one is replaced."""

    out: str = argument(
        "", "the file: .parquet, .sqlite (table runs) or .csv", given=KEY_OR_WORD, shown="FILE", needed=True
    )


@dataclass(frozen=True)
class TagRun:
    """Give a run tags, or take them away; the run itself is not changed."""

    words: list[str] = argument([], "folder of the run, then tags", given=WORDS, shown="RUN TAG", needed=True)
    remove: str | None = argument(None, "tags to take away, between commas", given=FLAG, shown="TAG,TAG")


@dataclass(frozen=True)
class NoteRun:
    """Write a note to a run; an old one is replaced."""

    words: list[str] = argument([], "folder of the run, then the text", given=WORDS, shown="RUN TEXT", needed=True)


def list_filtered(request: ListRuns) -> int:
    """Print the runs that fit.

    Raises:
        ConfigError: if a filter names no column.
    """
    from myoassist.runs.catalogue import log_root
    from myoassist.runs.run_table import list_runs

    tests = [parse_filter(text) for text in (request.where or "").split()]
    rows = [row for row in list_runs(log_root()) if all(test(row) for test in tests)]
    table = [_SHOWN, *(tuple(_shown(row[name]) for name in _SHOWN) for row in rows)]
    widths = [max(len(line[k]) for line in table) for k in range(len(_SHOWN))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(f"{len(rows)} runs")
    return 0


def parse_filter(text: str) -> Callable[[dict[str, Any]], bool]:
    """Return the test that a filter stands for.

    Args:
        text: Column, one of `= != < > <= >=`, value; `=` and `!=` take patterns, tags fit where one of them does.

    Raises:
        ConfigError: if it names no column, or compares with what is no number.
    """
    from myoassist.runs.run_table import COLUMNS

    sign = next((sign for sign in _COMPARED if sign in text), None)
    name, _, value = text.partition(sign) if sign else (text, "", "")
    name = name.strip()
    if sign is None or name not in COLUMNS:
        near = nearest_name(name, COLUMNS)
        remedy = f"{near}{sign or '='}{value or '<value>'}" if near else "status=finished"
        raise ConfigError(f"{text!r} is no filter of runs", f"<one of {', '.join(COLUMNS)}>=<value>", remedy)
    if sign in ("=", "!="):
        return lambda row: _fits(name, row[name], value.strip()) == (sign == "=")
    try:
        bound = float(value)
    except ValueError:
        raise ConfigError(f"{text!r}: {value!r} is no number", f"{name}{sign}<number>", f"{name}{sign}1") from None
    holds = {"<": float.__lt__, ">": float.__gt__, "<=": float.__le__, ">=": float.__ge__}[sign]
    return lambda row: isinstance(row[name], int | float) and holds(float(row[name]), bound)


def _fits(name: str, found: Any, wanted: str) -> bool:
    texts = str(found).split() if name == "tags" and found else ["" if found is None else str(found)]
    return any(fnmatch.fnmatchcase(text, wanted) for text in texts)


def keep(request: KeepRuns) -> int:
    """Write the table.

    Raises:
        UserError: if the ending is none of a table, or the file cannot be written.
    """
    path = Path(request.out).expanduser()
    if path.suffix not in _WRITERS:
        raise UserError(f"{path} ends with {path.suffix or 'nothing'}", f"one of {', '.join(_WRITERS)}", "runs.parquet")
    # Late, because pandas is slow to import.
    import pandas as pd

    from myoassist.runs.catalogue import log_root
    from myoassist.runs.run_table import COLUMNS, list_runs

    table = pd.DataFrame(list_runs(log_root()), columns=list(COLUMNS))
    try:
        write_bytes_atomic(path, _WRITERS[path.suffix](table))
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error}", "a place that can be written", "runs.parquet") from error
    print(f"{path.as_posix()}: {len(table)} runs")
    return 0


def _to_sqlite(table: "pd.DataFrame") -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        table.to_sql("runs", connection, index=False)
        return connection.serialize()


# Ending of a file -> its content.
_WRITERS: "dict[str, Callable[[pd.DataFrame], bytes]]" = {
    ".parquet": lambda table: table.to_parquet(index=False),
    ".sqlite": _to_sqlite,
    ".csv": lambda table: table.to_csv(index=False).encode(),
}


def tag(request: TagRun) -> int:
    """Change the tags of a run.

    Raises:
        UserError: if it is none.
    """
    from myoassist.runs.run_table import mark_run

    removed = [text for text in (request.remove or "").split(",") if text]
    content = mark_run(Path(request.words[0]), request.words[1:], removed, None)
    print(f"{request.words[0]}: {' '.join(content['tags']) or 'no tags'}")
    return 0


def note(request: NoteRun) -> int:
    """Write the note of a run.

    Raises:
        UserError: if it is none.
    """
    from myoassist.runs.run_table import mark_run

    text = " ".join(request.words[1:])
    mark_run(Path(request.words[0]), [], [], text)
    print(f"{request.words[0]}: {text or 'no note'}")
    return 0


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


COMMAND = Group(
    "myoassist runs",
    {
        "list": Command("myoassist runs list", ListRuns, list_filtered, "runs that fit filters", title="a list"),
        "keep": Command("myoassist runs keep", KeepRuns, keep, "the table of all runs as a file", title="a table"),
        "tag": Command("myoassist runs tag", TagRun, tag, "tags of a run", title="a tag"),
        "note": Command("myoassist runs note", NoteRun, note, "a note to a run", title="a note"),
    },
    bare_help=True,
    text="Tags and notes are in notes.json of the run folder and change nothing else in it.",
)
