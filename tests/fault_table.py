"""What was broken on purpose, how often, what was lost by it, and how it was reported."""

from dataclasses import astuple, dataclass

HEAD = ("trainer", "fault", "tried", "compared", "lost", "how it ended, and what it said")


@dataclass(frozen=True)
class Comparison:
    """What of an undisturbed run was looked for in a disturbed one.

    Attributes:
        rows: Rows of its tables.
        files: Files that are no tables.
        lost: Rows and files that are missing, different or too many.
    """

    rows: int = 0
    files: int = 0
    lost: int = 0

    def __add__(self, other):
        return Comparison(self.rows + other.rows, self.files + other.files, self.lost + other.lost)

    def describe(self):
        counts = [(self.rows, "row"), (self.files, "file")]
        return ", ".join(f"{number:,} {name}{'s' * (number != 1)}" for number, name in counts if number) or "nothing"


NOTHING = Comparison()


def compare(expected, found):
    """Compare the content of files by name, tables (.csv, .jsonl) row by row and all others as a whole."""
    total = NOTHING
    for name in expected.keys() | found.keys():
        one, other = expected.get(name), found.get(name)
        if name.endswith((".csv", ".jsonl")):
            total += compare_rows((one or b"").splitlines()[1:], (other or b"").splitlines()[1:])
        else:
            total += Comparison(files=1, lost=int(one != other))
    return total


def compare_rows(expected, found):
    """Compare two lists of rows place by place."""
    same = sum(one == other for one, other in zip(expected, found, strict=False))
    return Comparison(rows=len(expected), lost=max(len(expected), len(found)) - same)


class FaultTable:
    """The faults of a session of tests."""

    def __init__(self):
        self.rows = []

    def add(self, trainer, fault, comparison, code, output, words="", tried=1):
        """Note a fault; returns the number of lost things, which a test compares with 0.

        Args:
            trainer: reflex, rl or evolution.
            fault: What was done.
            comparison: What was compared, and what of it was lost.
            code: Exit code of the disturbed command.
            output: What was printed.
            words: Of the line of the output that tells of the fault; a test fails that looks for another.
            tried: How often it was done.
        """
        line = next((line.strip() for line in output.splitlines() if words in line), None) if words else ""
        assert line is not None, f"{words!r} is not in\n{output}"
        self.rows.append((trainer, fault, tried, comparison, code, line))
        return comparison.lost

    def packed(self):
        """Return the rows as plain lists, which another process can be sent."""
        return [[*row[:3], list(astuple(row[3])), *row[4:]] for row in self.rows]

    def unpack(self, packed):
        """Add the rows of another process."""
        self.rows += [(*row[:3], Comparison(*row[3]), *row[4:]) for row in packed]

    def merged(self):
        """Return one row per trainer and fault, as texts."""
        groups = {}
        for trainer, fault, tried, comparison, code, line in self.rows:
            before = groups.get((trainer, fault))
            if before is None:
                groups[trainer, fault] = [tried, comparison, code, line]
            else:
                before[0] += tried
                before[1] += comparison
        return [
            (trainer, fault, str(tried), comparison.describe(), str(comparison.lost), _report(code, line))
            for (trainer, fault), (tried, comparison, code, line) in groups.items()
        ]

    def summary(self):
        """Return one line about all of them."""
        tried = sum(row[2] for row in self.rows)
        total = sum((row[3] for row in self.rows), NOTHING)
        return f"{tried} faults tried, {total.describe()} compared with undisturbed runs, {total.lost} lost"

    def markdown(self):
        """Return the table for a page."""
        rows = [HEAD, ("---",) * len(HEAD), *self.merged()]
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
        return "\n".join([*lines, "", self.summary() + "."]) + "\n"

    def plain(self):
        """Return the table for a terminal, without the messages."""
        rows = [HEAD[:-1], *(row[:-1] for row in self.merged())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _report(code, line):
    ended = {None: "goes on", -9: "killed; the same command continues", 0: "exit code 0"}.get(code, f"exit code {code}")
    return f"{ended}: “{shorten(line)}”" if line else ended


def shorten(line, most=150):
    """Return a message without places of this machine, and not too long."""
    words = ["…/" + word.rstrip("/").rsplit("/", 1)[-1] if word.startswith("/") else word for word in line.split()]
    text = " ".join(words)
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + " …"
