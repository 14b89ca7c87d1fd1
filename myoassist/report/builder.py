"""Fill the template of a page: one HTML file with style and pictures inside, no script, no download."""

import functools
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

import myoassist
from myoassist.files.atomic import write_text_atomic
from myoassist.report.pages import Page
from myoassist.report.parts import Table


def render_page(page: Page) -> str:
    """Return a page as HTML; all text in it is escaped, and the same page gives the same text."""
    return _templates().get_template(page.template).render(page=page, version=myoassist.__version__)


def render_table(table: Table) -> str:
    """Return a table alone as HTML, for pages that somebody else builds; all text in it is escaped."""
    macros = _templates().get_template("parts.html").module
    return str(macros.table(table))  # type: ignore[attr-defined]


def write_page(path: Path, page: Page) -> None:
    """Write a page, replacing the file as a whole.

    Raises:
        OSError: if the folder is missing, read-only or full; the old file is then untouched.
    """
    write_text_atomic(path, render_page(page))


@functools.cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("myoassist.report"),
        autoescape=True,
        # What a template asks for and a page has not is an error, not a gap on the page.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
