"""Train commands are found in scripts of either kind, and nothing in them is run."""

import pytest

from myoassist.compat.preset.shell_file import find_train_command
from myoassist.files.errors import UserError

WORDS = ["--popsize", "8", "-kine"]


@pytest.mark.parametrize(
    "text",
    [
        "@echo off\r\nREM old: python train.py --popsize 9\r\npython train.py ^\r\n  --popsize 8 ^  \r\n  -kine ^",
        "#!/bin/bash\n# python train.py --popsize 9\npython -m reflex.train \\\n  --popsize 8 \\\n  -kine \\\n",
        # A batch file under a shell name, as some presets are.
        "@echo off\npython -m optim.train ^\n --popsize 8 ^\n -kine",
        'exec "$PYTHON_CMD" -m ctrl_optim.optim.train --popsize 8 -kine',
        "%PYTHON% ..\\train.py --popsize 8 -kine > log.txt 2>&1",
        "cd x\nsrun python ./ctrl_optim/optim/train.py --popsize '8' -kine && echo done",
        "SIZE=8\npython train.py --popsize $SIZE -kine # comment",
        "python train.py --popsize ${SIZE:-8} -kine",
        "set SIZE=8\npython train.py --popsize %size% -kine",
        'export SIZE="8"\npython train.py --popsize ${SIZE} -kine | tee log',
    ],
)
def test_command_is_found(text):
    assert find_train_command(text, "x") == WORDS


def test_quotes_and_windows_paths():
    text = (
        'python train.py --param_path "my results\\run 1" --save_path=results\\a --terrain \'{"deg": 5}\' --popsize %N%'
    )
    assert find_train_command(text, "x") == [
        "--param_path",
        "my results\\run 1",
        "--save_path=results\\a",
        "--terrain",
        '{"deg": 5}',
        "--popsize",
        "%N%",
    ]


@pytest.mark.parametrize("text", ["", "python train.py", "pip install train --quiet", "python run.py --popsize 8"])
def test_scripts_without_a_train_command_are_refused(text):
    if text.startswith("pip"):
        # The word alone does not make a preset; what follows it is not known either.
        assert find_train_command(text, "x") == ["--quiet"]
        return
    with pytest.raises(UserError, match="no train command"):
        find_train_command(text, "x")


def test_nothing_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    find_train_command("python train.py --popsize $(touch broken) `touch broken2` -kine", "x")
    assert list(tmp_path.iterdir()) == []
