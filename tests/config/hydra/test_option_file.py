"""An option file that cannot be what it is chosen for: the right path, cause and remedy, each of which is tried."""

import shlex
import subprocess
import sys

import pytest

from myoassist import train

GOOD = "# @package _global_\ndefaults: [exo_npoint, _self_]\ntask: fake\n"
DIRECT = GOOD.replace("[exo_npoint, _self_]", "[exo_npoint, {override /exo: npoint}, _self_]")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exp").mkdir()
    return tmp_path


def run(capsys, *arguments):
    code = train.main(["exp=mine", *arguments])
    return code, capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize(
    "folder", [["--config-dir", "."], ["hydra.searchpath=[.]"], ["--config-dir=.", "seed=1,2", "-m"]]
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_another_encoding(place, capsys, monkeypatch, folder, encoding):
    file = place / "exp/mine.yaml"
    file.write_text(GOOD.replace("defaults", "# größe\ndefaults"), encoding=encoding)
    code, said = run(capsys, *folder)
    assert code == 2 and "exp/mine.yaml" in said and "configs/" not in said, said
    assert ("byte-order mark" if encoding == "utf-8-sig" else "UTF-16" if encoding == "utf-16" else "line 2") in said
    command = shlex.split(said.partition("to fix:")[2])
    assert command[:2] == ["python", "-c"]
    subprocess.run([sys.executable, *command[1:]], check=True)
    assert file.read_text(encoding="utf-8").startswith("# @package _global_\n")
    assert run(capsys, *folder)[0] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.partition("\n")[2], "lacks the line"),
        (DIRECT.partition("\n")[2], "lacks the line"),
        ("exo: {n_points: 5}\n", "lacks the line"),
        ("# mine\n" + GOOD, "below others"),
        (GOOD.replace("_global_", "global"), "begins with `# @package global`"),
        (GOOD.replace("_global_", "_global_ please"), "exp/mine.yaml has the line `# @package _global_ please`"),
    ],
)
def test_the_package_line(place, capsys, text, words):
    (place / "exp/mine.yaml").write_text(text)
    code, said = run(capsys, "--config-dir", ".")
    assert code == 2 and words in said and "exp/mine.yaml" in said and "configs/" not in said, said
    assert "# @package _global_" in said
    body = "\n".join(line for line in text.splitlines() if "@package" not in line)
    (place / "exp/mine.yaml").write_text(f"# @package _global_\n{body}\n")
    assert run(capsys, "--config-dir", ".", "--cfg", "job")[0] == 0


@pytest.mark.long
def test_sound_files_and_a_typo(place, capsys):
    for text in (GOOD, DIRECT, GOOD.replace("\n", "\r\n"), "\n#@package _global_\n# mine\n" + GOOD.partition("\n")[2]):
        (place / "exp/mine.yaml").write_bytes(text.encode())
        assert run(capsys, "--config-dir", ".", "fresh=true")[0] == 0
    (place / "exp/mine.yaml").write_text(GOOD.replace("task", "taks"))
    code, said = run(capsys, "--config-dir", ".")
    assert code == 2 and said.startswith("exp/mine.yaml does not fit the schema") and "taks" in said


def test_an_experiment_of_the_search_path_is_found(place, capsys):
    (place / "exp/mine.yaml").write_text(GOOD)
    assert run(capsys, "hydra.searchpath=[.]")[0] == 0
    assert run(capsys, "hydra.searchpath=[.]", "exo=nothing")[0] == 2
    assert train.main(["exp=other", "hydra.searchpath=[.]"]) == 2
    assert "mine" in capsys.readouterr().err


def test_a_file_of_a_launcher(place, capsys):
    (place / "hydra/launcher").mkdir(parents=True)
    cases = {
        "timeout_min: '24:00:00'": ["hydra/launcher/mine.yaml", "timeout_min=24:00:00", "timeout_min=1440"],
        "partiton: x": ["hydra/launcher/mine.yaml", "hydra.launcher.partition="],
        "mem_gb: 8G": ["hydra/launcher/mine.yaml", "gigabytes", "mem_gb=8"],
    }
    for line, words in cases.items():
        (place / "hydra/launcher/mine.yaml").write_text(f"defaults: [slurm]\n{line}\n")
        command = ["exp=exo_npoint", "task=fake", "seed=0,1", "-m", "--config-dir", ".", "hydra/launcher=mine"]
        assert train.main(command) == 2
        said = capsys.readouterr().err
        assert not [word for word in words if word not in said], said
    (place / "hydra/launcher/mine.yaml").write_text("partition: x\n")
    assert train.main(command) == 2
    assert "defaults: [slurm]" in capsys.readouterr().err
    (place / "hydra/launcher/mine.yaml").write_text("defaults: [local]\nfoo: 1\n")
    assert train.main(command) == 2
    assert "there is no key hydra.launcher.foo" in capsys.readouterr().err
