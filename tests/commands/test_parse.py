"""The words of a command line become the dataclass of a command, or are refused with what was meant."""

import shlex
import subprocess
import sys
from dataclasses import dataclass

import pytest

from myoassist.commands.argument import CHANGES, FLAG, KEY_OR_WORD, TYPED, WORDS, argument, arguments_of
from myoassist.commands.command import Command, Group
from myoassist.commands.help import format_forms
from myoassist.commands.table import MODULES, command_names, find_command
from myoassist.files import command_words
from myoassist.files.command_words import localize_command
from myoassist.files.errors import ConfigError


@dataclass(frozen=True)
class Draw:
    """Draw a walk."""

    source: str = argument("", "the walk", given=KEY_OR_WORD, name="in", shown="FILE", needed=True)
    out: str = argument("a.mp4", "the video", shown="FILE.mp4", ending=".mp4")
    steps: int = argument(150, "how long", shown="N", ge=1, le=1000)
    slope: float = argument(0.0, "slope", shown="DEG", ge=-20.0, le=20.0, unit="deg")
    view: str | None = argument(None, "from where", choices=("side", "front"), also={"front": "from ahead"})
    joints: list[str] = argument([], "which joints", shown="JOINT,JOINT")
    loop: bool = argument(False, "again and again")
    folder: str | None = argument(None, "where to", given=FLAG, shown="FOLDER")
    force: bool = argument(False, "also over files", given=FLAG)
    typed: list[str] = argument([], "", given=TYPED)


@dataclass(frozen=True)
class Judge:
    """Judge runs."""

    runs: list[str] = argument([], "the runs", given=WORDS, shown="RUN")


@dataclass(frozen=True)
class Change:
    """Change a run."""

    repeats: int = argument(0, "how often", ge=1, le=9)
    overrides: list[str] = argument([], "what changes", given=CHANGES)


asked = []
DRAW = Command("myoassist draw", Draw, lambda request: asked.append(request) or 0, "a picture", example="draw walk.npz")
JUDGE = Command("myoassist judge", Judge, lambda request: len(request.runs), "a judgement", title="a judgement")
CHANGE = Command("myoassist change", Change, lambda request: 0, "a change")


def test_every_way_of_giving_a_value():
    words = ["walk=1/a.npz", "steps=7", "slope=-2.5", "view=front", "joints=knee,hip", "loop=TRUE"]
    request = DRAW.parse([*words, "out=b.mp4", "--folder", "-x", "--force"])
    assert request == Draw("walk=1/a.npz", "b.mp4", 7, -2.5, "front", ["knee", "hip"], True, "-x", True, request.typed)
    assert request.typed == [*words, "out=b.mp4", "--folder", "-x", "--force"]
    assert DRAW.parse(["in=a", "--folder=b c"]) == Draw("a", folder="b c", typed=["in=a", "--folder=b c"])
    assert JUDGE.parse(["a=1", "b"]) == Judge(["a=1", "b"])
    assert CHANGE.parse(["exp=debug", "repeats=2", "seed=1"]) == Change(2, ["exp=debug", "seed=1"])


@pytest.mark.parametrize(
    ("typed", "words", "remedy"),
    [
        ("", ["no file is given"], "draw walk.npz"),
        ("a b", ["in is given twice"], "myoassist draw -h"),
        ("in=a in=b", ["in= is given twice"], "myoassist draw -h"),
        ("a steps=", ["steps= names nothing"], "myoassist draw -h"),
        ("a steps=1e2", ["steps=1e2", "a whole number from 1 to 1000"], "steps=100"),
        ("a steps=0", ["steps=0"], "steps=1   (the nearest that is allowed)"),
        ("a steps=9999999", ["steps=9999999"], "steps=1000   (the nearest that is allowed)"),
        ("a steps=five", ["steps=five"], "steps=<value>, with such a value, or leave it out"),
        ("a slope=2,5", ["a number from -20 to 20 deg"], "slope=2.5"),
        ("a slope=nan", ["slope=nan"], "slope=<value>, with such a value, or leave it out"),
        ("a view=Side", ["view=side or view=front"], "view=side"),
        ("a view=none", ["view=none"], "view=<value>, with such a value, or leave it out"),
        ("a loop=yes", ["true or false"], "loop=true"),
        ("a out=b.avi", ["a file that ends with .mp4"], "out=b.mp4"),
        ("a --folder", ["--folder has no value"], "myoassist draw -h"),
        ("a --folder --force", ["--folder has no value"], "myoassist draw -h"),
        ("a --force=1", ["--force=1", "no value"], "--force"),
        ("a --forse", ["'--forse' is no argument of myoassist draw"], "--force"),
        ("a --steps=3", ["'--steps=3' is no argument"], "steps=3"),
    ],
)
def test_refusals(typed, words, remedy):
    with pytest.raises(ConfigError) as caught:
        DRAW.parse(shlex.split(typed))
    assert [word for word in words if word not in str(caught.value)] == []
    assert caught.value.remedy == remedy
    if "=" in remedy and "<" not in remedy:
        # What is offered is taken.
        DRAW.parse(["a", remedy.partition("   ")[0]])


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("exp=debug repeat=3", "repeats=3"),
        ("exp=debug --repeats 3", "myoassist change exp=debug repeats=3"),
        ("--exp debug --seed 2", "myoassist change exp=debug seed=2"),
        ("exp=debug repeats=10", "repeats=9   (the nearest that is allowed)"),
    ],
)
def test_beside_changes_of_the_configuration_own_arguments_are_found(typed, remedy):
    with pytest.raises(ConfigError) as caught:
        CHANGE.parse(shlex.split(typed))
    assert caught.value.remedy == remedy


def test_a_folder_with_an_equals_sign_is_a_word(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sweep" / "seed=1").mkdir(parents=True)
    command = find_command("export")
    assert command.parse(["sweep/seed=1", "seed=1"]).run == "sweep/seed=1"
    assert command.parse(["sweep/seed=1", "seed=1"]).overrides == ["seed=1"]
    assert command.parse(["sweep/seed=2"]).overrides == ["sweep/seed=2"]


def test_help_comes_from_the_fields(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert DRAW.main(["a", "--help"]) == 0
    shown = capsys.readouterr().out
    usage = "draw FILE [option=value ...] [--folder FOLDER] [--force]"
    assert usage in shown and "Draw a walk." in shown and not asked
    rows = [" ".join(line.split()) for line in shown.splitlines()]
    for row in (
        "FILE the walk",
        "steps=N how long; from 1 to 1000 [150]",
        "slope=DEG slope; from -20 to 20 deg",
        "view=side|front from where",
        "view=front from ahead",
        "loop=true again and again",
        "--folder FOLDER where to",
    ):
        assert row in rows
    assert format_forms(JUDGE) == "[RUN ...]"
    # A file of that name is no call for help.
    assert JUDGE.main(["help"]) == 0 and "usage:" in capsys.readouterr().out
    (tmp_path / "help").touch()
    assert JUDGE.main(["help"]) == 1


def test_a_group_finds_its_commands(capsys):
    group = Group("myoassist do", {"draw": DRAW, "judge": JUDGE}, other_names={"paint": "draw"})
    assert group.main(["judge", "a", "b"]) == 2
    assert group.main(["-h"]) == 0
    assert "myoassist do <" not in capsys.readouterr().out
    for word, remedy in (("drew", "myoassist do draw x"), ("Paint", "myoassist do draw x"), ("zzz", "myoassist do -h")):
        with pytest.raises(ConfigError, match="no such command") as caught:
            group.main([word, "x"])
        assert caught.value.remedy == remedy


def test_every_command_says_what_it_does_and_what_each_argument_means():
    for name in MODULES:
        found = find_command(name)
        for command in found.commands.values() if isinstance(found, Group) else [found]:
            assert command.summary and command.help().startswith("usage: ")
            for form in (command, command.besides) if command.besides else (command,):
                # Without a docstring a dataclass has its signature for one.
                assert not form.request.__doc__.startswith(f"{form.request.__name__}(")
                for item in arguments_of(form.request):
                    assert item.given == TYPED or len(item.key.metadata["doc"]) > 6, item
                    assert not item.has_name or item.shown != "VALUE", item


def test_commands_load_nothing_heavy_before_they_run():
    code = (
        "import sys; from myoassist.commands.table import format_usage; format_usage()\n"
        "heavy = ('mujoco', 'numba', 'torch', 'pandas', 'matplotlib', 'nevergrad', 'cma')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", command_names())
def test_commands_in_messages_are_found_by_name(name, monkeypatch):
    monkeypatch.setattr(command_words, "_program", lambda: "here")
    assert localize_command(f"`myoassist {name} -h` shows it") == f"`here {name} -h` shows it"
