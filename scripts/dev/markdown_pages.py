"""Cells and sections of Markdown pages."""

from myoassist.files.errors import UserError


def escape_cell(text: str) -> str:
    """Return a text as it can stand in a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def replace_section(page: str, name: str, content: str) -> str:
    """Return a Markdown page with the text between `<!-- begin NAME -->` and `<!-- end NAME -->` replaced.

    Raises:
        UserError: if the page does not hold both marks, in this order.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, found, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise UserError(f"the page lacks the section {name}", f"{begin} and, below it, {end}", "put the two lines in")
    return f"{before}{begin}\n{content.strip()}\n{end}{after}"
