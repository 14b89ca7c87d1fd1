"""The documentation site builds without a warning, is complete, and loads nothing from elsewhere."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
# Attributes by which a browser loads something when a page is opened; links are followed by people only.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_LINK_KINDS = ("stylesheet", "icon", "preload", "modulepreload", "preconnect", "dns-prefetch")


class PageReader(HTMLParser):
    """Collect what a page loads."""

    def __init__(self):
        super().__init__()
        self.loaded = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "link" and not set(values.get("rel", "").split()) & set(_LINK_KINDS):
            return
        if values.get(_LOADED.get(tag, "")):
            self.loaded.append(values[_LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return folder


def test_every_page_is_built(site):
    pages = {path.stem for path in DOCS.glob("*.md")}
    assert {path.stem for path in site.glob("*.html")} - {"404"} == pages
    assert len(pages) > 25
    for path in site.glob("*.html"):
        assert path.stat().st_size > 5_000, path.name


def test_site_loads_nothing_from_elsewhere(site):
    for path in site.glob("*.html"):
        reader = PageReader()
        reader.feed(path.read_text(encoding="utf-8"))
        assert any(target.endswith(".css") for target in reader.loaded)
        outside = [target for target in reader.loaded if re.match(r"(\w+:)?//", target)]
        # 404 is served for any address, so its links begin at the root of the site.
        assert outside == [], path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import", path.read_text(encoding="utf-8")), path.name


def test_pictures_of_pages_exist_in_the_site(site):
    for path in site.glob("*.html"):
        for target in re.findall(r'<img[^>]+src="([^"]+)"', path.read_text(encoding="utf-8")):
            if path.stem != "404":
                assert (path.parent / target).is_file(), f"{path.name}: {target}"


def list_messages():
    """Return what the tables of troubleshooting quote in their first column, and the messages quoted in bold."""
    page = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([^`]+)` \|", page, flags=re.MULTILINE) + re.findall(r"^\*\*`([^`]+)`", page, re.MULTILINE)


def test_messages_in_troubleshooting_are_those_of_the_code():
    sources = [*(ROOT / "myoassist").rglob("*.py"), *(ROOT / "scripts").glob("*.sh")]
    # Texts that are broken over two lines of source are joined first.
    code = "\n".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8")) for path in sources)
    messages = list_messages()
    assert len(messages) > 30
    assert [message for message in messages if message not in code] == []


def test_navigation_names_every_page_once():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    sections = yaml.safe_load(text)["nav"]
    listed = [page for section in sections for pages in section.values() for page in pages]
    assert sorted(listed) == sorted(path.name for path in DOCS.glob("*.md"))
    assert listed[0] == "index.md"
