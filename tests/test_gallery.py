"""The gallery shows every shipped walk, each picture is kept once, and the site shows it."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from gallery import FRAME, format_gallery
from mkdocs.config import load_config
from mkdocs.structure.files import get_files

from myoassist.config.sources import shipped
from myoassist.files.errors import UserError

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
FOLDERS = [path.parent for name in ("controller", "policy") for path in sorted(ROOT.glob(f"models/*/*/{name}.json"))]
AGAIN = "python scripts/dev/doc_tables.py docs/gallery.md"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_shipped_walk_is_shown(folder):
    place = folder.relative_to(ROOT).as_posix()
    entry = PAGE.partition(f"\n### {folder.name}\n")[2].partition("\n### ")[0]
    assert entry, f"run: {AGAIN}"
    assert f"](../{place}/{FRAME})" in entry and (folder / FRAME).is_file()
    assert f"scripts/eval.sh run=shipped:{folder.name}\n" in entry
    description = next(folder.glob("*.json") if folder.parent.name == "policies" else folder.glob("controller.json"))
    content = json.loads(description.read_text(encoding="utf-8"))
    speed = content["score"]["speed_m_s"] if "score" in content else content["evaluation"]["speed"]
    assert f"| {speed:.2f} m/s |" in entry


def test_it_shows_nothing_else_and_no_walk_twice():
    shown = re.findall(r"^### (\S+)$", PAGE, flags=re.MULTILINE)
    assert sorted(shown) == sorted(folder.name for folder in FOLDERS) and len(FOLDERS) >= 20


def test_no_picture_is_kept_twice():
    pictures = [*ROOT.glob("docs/**/*.png"), *ROOT.glob("models/**/*.png")]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures]
    assert len(set(digests)) == len(digests)


def test_a_walk_without_a_picture_is_refused_with_what_draws_it(tmp_path, monkeypatch):
    for folder in FOLDERS[:2]:
        copy = tmp_path / folder.relative_to(ROOT / "models")
        copy.mkdir(parents=True)
        (copy / "controller.json").write_bytes((folder / "controller.json").read_bytes())
    monkeypatch.setattr("gallery.models_folder", lambda: tmp_path)
    assert shipped.list_controllers()
    with pytest.raises(UserError, match=f"ship.py --picture {FOLDERS[0].name}"):
        format_gallery()


def test_the_site_gets_the_pictures():
    config = load_config(str(ROOT / "mkdocs.yml"))
    files = config.plugins.on_files(get_files(config), config=config)
    for folder in FOLDERS:
        name = f"{folder.relative_to(ROOT).as_posix()}/{FRAME}"
        picture = files.get_file_from_path(name)
        assert picture is not None and Path(picture.abs_src_path) == ROOT / name
    page = config.plugins.on_page_markdown(PAGE, page=None, config=config, files=files)
    assert f"](models/controllers/human_125/{FRAME})" in page and "](../" not in page
