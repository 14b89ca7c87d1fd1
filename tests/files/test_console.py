"""Lines of a command survive a reader who has gone; warnings for the user are one line; commands fit the folder."""

import subprocess
import sys
import warnings
from pathlib import Path

from myoassist.files.command_words import describe_next_steps, localize_command
from myoassist.files.console import show_plain_warnings
from myoassist.files.errors import UserError

_TALKER = """
import sys
from myoassist.files.console import say
say("first")
sys.stdin.readline()
for _ in range(3):
    say("nobody reads this")
open(sys.argv[1], "w").write("went on")
"""


def test_search_goes_on_when_nobody_reads_its_lines(tmp_path):
    mark = tmp_path / "mark"
    command = [sys.executable, "-c", _TALKER, str(mark)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"first\n"
        process.stdout.close()
        process.stdin.write(b"\n")
        process.stdin.close()
        assert process.wait(timeout=60) == 0, process.stderr.read()
        assert process.stderr.read() == b""
    assert mark.read_text() == "went on"


def test_warnings_for_the_user_are_one_line_and_others_stay(monkeypatch):
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    show_plain_warnings()
    assert warnings.formatwarning(UserWarning("mind this"), UserWarning, "a.py", 3, "code()") == "note: mind this\n"
    assert "a.py:3" in warnings.formatwarning(DeprecationWarning("old"), DeprecationWarning, "a.py", 3, "code()")


def test_commands_in_messages_work_from_any_folder(tmp_path, monkeypatch):
    command = "bash scripts/local.sh scripts/train.sh exp=tutorial"
    monkeypatch.delenv("MYOASSIST_SCRIPTS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    # After an installation with pip there are no scripts.
    assert localize_command(command) == f"{sys.executable} -m myoassist train exp=tutorial"
    monkeypatch.setenv("MYOASSIST_SCRIPTS", "/a b/scripts")
    assert localize_command(command) == "bash '/a b/scripts'/local.sh scripts/train.sh exp=tutorial"
    assert "'/a b/scripts'/local.sh" in str(UserError("found", "expected", command))
    assert describe_next_steps(Path("logs/day/run")).endswith("scripts/eval.sh run=logs/day/run")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "local.sh").touch()
    assert localize_command(command) == command
