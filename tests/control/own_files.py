"""Controllers of a user: those of the documentation, as they stand there."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "own-controllers.md"


def page_files() -> dict[str, str]:
    """Return the files of the page by the names that their first lines give them."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {re.match(r'"""(\w+\.py):', block)[1]: block for block in blocks}


def write_page_files(folder: Path) -> None:
    for name, text in page_files().items():
        (folder / name).write_text(text, encoding="utf-8")
