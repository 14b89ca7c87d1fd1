"""What every page promises: it needs nothing else, all its text is escaped, the same data gives the same bytes."""

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import myoassist
from myoassist.report.builder import render_page, write_page
from myoassist.report.pages import (
    BestIndividual,
    ComparisonPage,
    EvolutionPage,
    GridPage,
    ScoredSummary,
    WalkPage,
    WalkSummary,
)
from myoassist.report.parts import Cell, Picture, Row, Section, Table, Tile, name_columns

PACKAGE = Path(myoassist.__file__).parent
TEMPLATES = PACKAGE / "report/templates"
# A text that would end elements, attributes and scripts, and a template if it were one.
HOSTILE = """<script>x</script>"'&{{ 7 * 7 }}{% raw %}"""
PICTURE = Picture(b"\x89PNG of nothing", "image/png", f"caption {HOSTILE}", 300)
_TABLE = Table(
    name_columns(Cell(f"head {HOSTILE}"), Cell("n", "number")),
    [
        Row([Cell(f"group {HOSTILE}", span=2)], group=True),
        Row([Cell(f"cell {HOSTILE}", "command"), Cell("1.25", "sides")]),
    ],
    wide=True,
    left_out=3,
)
_WHOLE = dataclasses.replace(_TABLE, left_out=0)
_BANDS = Table(_TABLE.head, [Row([Cell(band, band=band), Cell(HOSTILE)]) for band in ("near", "enough", "far", "")])
_SUMMARY = WalkSummary(
    f"name {HOSTILE}",
    [f"sentence {HOSTILE}"],
    [f"short {HOSTILE}"],
    [Tile(f"1 {HOSTILE}", f"tile {HOSTILE}")],
    PICTURE,
    PICTURE,
)
_WALK = WalkPage(
    walks=[_SUMMARY],
    key_figures=_TABLE,
    repeated=True,
    scores=[ScoredSummary(f"name {HOSTILE}", f"people {HOSTILE}", [_BANDS], False, _TABLE)],
    motion=PICTURE,
    loads=PICTURE,
    muscles=PICTURE,
    courses=[PICTURE],
    sections=[Section(f"section {HOSTILE}", [f"said {HOSTILE}"], _TABLE, [PICTURE])],
    run=_TABLE,
    cost=_TABLE,
    learned=False,
    drivers=[f"driver {HOSTILE}"],
    reference=f"reference {HOSTILE}",
    notices=[f"notice {HOSTILE}"],
    mujoco="3.11.0",
    files={f"file {HOSTILE}": f"content {HOSTILE}"},
)
_GRID = GridPage(
    name=f"name {HOSTILE}",
    varied=[f"key {HOSTILE}"],
    count=7,
    states={f"state {HOSTILE}": 6},
    best_total=12.3456789,
    best=_TABLE,
    figures=[PICTURE],
    groups=_TABLE,
    failures=_TABLE,
    runs=_TABLE,
)
_EVOLUTION = EvolutionPage(
    name=f"name {HOSTILE}",
    optimizer=f"optimizer {HOSTILE}",
    searched=[f"key {HOSTILE}"],
    best=BestIndividual(-1.23456789, 3, 2, {f"key {HOSTILE}": f"value {HOSTILE}"}, f"command {HOSTILE}"),
    finished=14,
    budget=16,
    lost=2,
    pending=0,
    generations=4,
    clock="5 s",
    sessions=1,
    parent=f"parent {HOSTILE}",
    figures=[PICTURE],
    best_ten=_TABLE,
    each_generation=_TABLE,
    failures=_TABLE,
    space=_TABLE,
)
PAGES = {
    "walk": _WALK,
    "policy": dataclasses.replace(_WALK, learned=True),
    "comparison": ComparisonPage(**(vars(_WALK) | {"walks": [_SUMMARY, _SUMMARY]})),
    "grid": _GRID,
    "evolution": _EVOLUTION,
}
# The same pages where there is little to show.
BARE = {
    "walk": dataclasses.replace(
        _WALK,
        walks=[WalkSummary("name", ["sentence"], [])],
        repeated=False,
        motion=None,
        loads=None,
        muscles=None,
        courses=[],
        sections=[],
        reference=None,
        notices=[],
    ),
    "grid": dataclasses.replace(_GRID, varied=[], best_total=None, best=None, figures=[], failures=None),
    "evolution": dataclasses.replace(_EVOLUTION, best=None, parent=None, figures=[], best_ten=None, failures=None),
}
EVERY = [*PAGES.items(), *((f"bare {name}", page) for name, page in BARE.items())]


class Reader(HTMLParser):
    """What a page shows, what it would load, and whether every element is closed."""

    def __init__(self):
        super().__init__()
        self.loads, self.open, self.shown = [], [], []

    def handle_starttag(self, tag, attrs):
        assert tag not in ("script", "link", "iframe")
        self.loads += [value for name, value in attrs if name in ("src", "href")]
        self.shown += [value for name, value in attrs if name == "alt"]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.shown.append(data)


def read(page):
    reader = Reader()
    reader.feed(render_page(page))
    reader.close()
    assert reader.open == []
    return reader


def list_texts(value):
    """Return every text in the data of a page."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Picture):
        return [value.caption]
    if dataclasses.is_dataclass(value):
        value = vars(value)
    if isinstance(value, dict):
        names = [name for name in value if name.split()[0] in ("state", "key", "file")]
        return names + [text for item in value.values() for text in list_texts(item)]
    return [text for item in value for text in list_texts(item)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize(("name", "page"), EVERY, ids=[name for name, _ in EVERY])
def test_a_page_loads_nothing_and_is_whole(name, page):
    reader = read(page)
    assert all(text == PICTURE.uri for text in reader.loads)
    text = re.sub(r'src="[^"]*"', "", render_page(page))
    assert not re.search(r"https?://|url\(|@import|<script|>None<", text)
    assert text.startswith("<!doctype html>") and text.count("<style>") == 1
    assert render_page(page) == render_page(page)


@pytest.mark.parametrize(("name", "page"), PAGES.items(), ids=list(PAGES))
def test_every_text_is_shown_as_it_is(name, page):
    shown = " ".join(" ".join(read(page).shown).split())
    kinds = {"text", "number", "sides", "command", "image/png"}
    missing = {text for text in list_texts(page) if text not in kinds and " ".join(text.split()) not in shown}
    # Two walks side by side have no room for tiles.
    assert missing - ({f"1 {HOSTILE}", f"tile {HOSTILE}"} if name == "comparison" else set()) == set()


def test_what_is_left_out_is_counted():
    assert "The first 2 of 5 rows; all of them are in the CSV" in " ".join(read(_GRID).shown)
    whole = dataclasses.replace(_GRID, best=None, failures=None, groups=_WHOLE, runs=_WHOLE)
    assert "are in the CSV" not in " ".join(read(whole).shown)


def test_a_cell_leads_to_a_file_beside_the_page():
    linked = dataclasses.replace(_TABLE, body=[Row([Cell(HOSTILE, link=f'a"b/{HOSTILE}'), Cell("plain")])])
    reader = read(dataclasses.replace(_GRID, runs=linked))
    assert f'a"b/{HOSTILE}' in reader.loads and HOSTILE in reader.shown


def test_pages_without_anything_say_so():
    assert "No leg made a whole stride" in render_page(BARE["walk"])
    assert "Nothing that this report looks for." in render_page(BARE["walk"])
    assert "nothing but the seed" in render_page(BARE["grid"])
    assert "<p>None.</p>" in render_page(BARE["grid"]) and "<p>None.</p>" in render_page(BARE["evolution"])


def test_the_cost_of_a_policy_is_its_reward():
    assert "What the training maximized" in render_page(PAGES["policy"])
    assert "What the search minimized" in render_page(PAGES["walk"])


def test_a_template_that_asks_for_more_than_a_page_has_is_an_error():
    @dataclasses.dataclass(frozen=True)
    class Less:
        template = "grid.html"
        name = "runs"

    with pytest.raises(UndefinedError, match="varied"):
        render_page(Less())


def test_a_page_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "index.html"
    path.write_text("old")
    write_page(path, _GRID)
    assert path.read_text(encoding="utf-8") == render_page(_GRID)
    assert list(tmp_path.iterdir()) == [path]


# Fragments that notebooks and the live page put into pages of their own.
FRAGMENTS = {"api/html.py", "api/result.py", "api/score.py", "watch/cards.py"}


def test_nothing_but_the_templates_writes_html():
    tags = re.compile(r"</?(html|body|h[1-6]|p|ul|li|table|t[rdh]|div|span|figure|img|pre)\b[^>]*>")
    files = [file for file in PACKAGE.rglob("*.py") if tags.search(file.read_text(encoding="utf-8"))]
    assert {file.relative_to(PACKAGE).as_posix() for file in files} == FRAGMENTS
    # The page of a subject is made in tests/subject.
    other = {"base.html", "parts.html", "style.css", "subject.html"}
    assert {page.template for page in PAGES.values()} | other == {file.name for file in TEMPLATES.iterdir()}


def test_the_style_knows_every_class_of_the_pages_and_no_other():
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    assert style.count("{") == style.count("}")
    pages = "".join(render_page(page) for page in (*PAGES.values(), *BARE.values()))
    used = {name for text in re.findall(r'class="([^"]*)"', pages) for name in text.split()}
    assert used == set(re.findall(r"\.([a-z]+)\b", style))
