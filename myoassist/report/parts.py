"""What pages consist of: tables, pictures, sections. Plain text everywhere; the templates escape it."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "sides", "long", "command"]
Band = Literal["", "near", "enough", "far"]
Media = Literal["image/png", "image/jpeg", "image/svg+xml"]


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: What it shows.
        kind: `number` stands at the right, `sides` in the middle of the columns of both legs, `long` may break lines,
            `command` besides is to be copied into a shell.
        span: Columns that it covers.
        band: Colour of a text: how far what it judges is from people.
        link: File or folder that the text leads to, relative to the page.
    """

    text: str
    kind: Kind = "text"
    span: int = 1
    band: Band = ""
    link: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Attributes:
        cells: Its cells.
        group: Whether it heads the rows below it.
    """

    cells: Sequence[Cell]
    group: bool = False


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        head: Rows of names of columns.
        body: The other rows.
        wide: Whether it may be wider than the page and is then moved from side to side.
        left_out: Number of rows at its end that are not shown.
    """

    head: Sequence[Row]
    body: Sequence[Row]
    wide: bool = False
    left_out: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture that the page carries in itself.

    Attributes:
        data: Content of the picture's file.
        media: Its type.
        caption: Text below it.
        width: Pixels of the screen; None for the width of the page.
    """

    data: bytes
    media: Media
    caption: str = ""
    width: int | None = None

    @property
    def uri(self) -> str:
        """The picture as an address that holds it."""
        return f"data:{self.media};base64,{base64.b64encode(self.data).decode('ascii')}"


@dataclass(frozen=True)
class Tile:
    """A number that is seen at a glance.

    Attributes:
        value: The number with its unit.
        label: What it is.
    """

    value: str
    label: str


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading of its own.

    Attributes:
        heading: Heading.
        sentences: List below it.
        table: Table below these, or None.
        figures: Pictures at its end.
    """

    heading: str
    sentences: Sequence[str] = ()
    table: Table | None = None
    figures: Sequence[Picture] = ()


def name_columns(*cells: Cell) -> Sequence[Row]:
    """Return the head of a table of one row."""
    return (Row(cells),)
