"""Hook of MkDocs: pictures of shipped walks become part of the site, other links that leave `docs/` plain text."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

_PICTURE = re.compile(r"(!\[[^\]]*\]\()\.\./(models/[^)\s]+\.png\))")
_OUTWARD = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")


def on_files(files: Any, config: Any, **_: Any) -> Any:
    """Add the pictures below `models/` that pages show; the site gets copies, the repository keeps each once."""
    root = Path(config.docs_dir).parent
    shown = {
        picture[2].rstrip(")")
        for page in files.documentation_pages()
        for picture in _PICTURE.finditer(Path(page.abs_src_path).read_text(encoding="utf-8"))
    }
    for name in sorted(shown):
        files.append(File.generated(config, name, abs_src_path=str(root / name)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page without links that leave `docs/`; tests/test_docs_pages.py checks that they lead to files."""
    return _OUTWARD.sub(r"\1", _PICTURE.sub(r"\1\2", markdown))
