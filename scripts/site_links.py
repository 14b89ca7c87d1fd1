"""Hook of MkDocs: files of the repository that a page links to are not part of the site and become plain text there."""

import re
from typing import Any

_OUTWARD = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page without links that leave `docs/`; tests/test_docs_pages.py checks that they lead to files."""
    return _OUTWARD.sub(r"\1", markdown)
