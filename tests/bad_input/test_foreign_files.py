"""Files of strangers that try to run code or to reach outside: refused, and what they try does not happen."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch as th
import yaml

from myoassist import train
from myoassist.config.schema.run import ModelConfig, RunConfig
from myoassist.config.sources.model_file import check_model_file
from myoassist.config.sources.shipped import models_folder
from myoassist.control.table import build_table
from myoassist.files.content import LARGEST_ARCHIVE, parse_yaml
from myoassist.files.errors import ConfigError, ModelError, UnsafeFileError, UserError
from myoassist.gait.reference.own import load_reference as load_gait
from myoassist.model.devices.folders import read_device
from myoassist.optimize.store.continued_state import continue_search
from myoassist.rl.motion.file import load_reference as load_motion
from myoassist.rl.policy.file import read_policy
from myoassist.rollout.fault.file import read_fault
from myoassist.runs.record import read_run_config
from myoassist.sweep.evolution.store import read_state

MARKER = "ran"


class Bomb:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return os.system, (f"touch {MARKER}",)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty current folder in which nothing may have happened at the end."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not (tmp_path / MARKER).exists()
    assert not (tmp_path.parent / MARKER).exists()


def test_the_bomb_would_go_off(place):
    pickle.loads(pickle.dumps(Bomb()))
    assert (place / MARKER).exists()
    (place / MARKER).unlink()


def write_zip(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_an_optimizer_state(place):
    (place / "outcmaes.pkl").write_bytes(pickle.dumps(Bomb()))
    config = RunConfig()
    config.optimizer.pickle_path = "outcmaes.pkl"
    with pytest.raises(UnsafeFileError, match=r"optimizer\.trust_pickle=true"):
        continue_search(config, build_table(2))
    # Trust is about the content: code does not run even then.
    config.optimizer.trust_pickle = True
    with pytest.raises(UnsafeFileError, match="system"):
        continue_search(config, build_table(2))


def test_an_evolution(place):
    (place / "evolution.pkl").write_bytes(pickle.dumps({"individuals": [], "signature": Bomb()}))
    with pytest.raises(UnsafeFileError, match="system"):
        read_state(place / "evolution.pkl")


@pytest.mark.parametrize("name", ["series_data", "metadata", "other"])
def test_a_published_motion(name, place):
    content = {
        "series_data": np.array({"q_a": np.zeros(3), "dq_a": np.zeros(3)}, dtype=object),
        "metadata": np.array({"sample_rate": 100}, dtype=object),
    }
    np.savez("motion.npz", **content | {name: np.array({"q_a": Bomb()}, dtype=object)})
    with pytest.raises(UnsafeFileError, match="system"):
        load_motion("motion.npz")


def test_objects_in_other_archives(place):
    np.savez("bomb.npz", header=np.array(Bomb(), dtype=object), hip_flexion_deg=np.array([Bomb()], dtype=object))
    for read in (load_gait, lambda path: read_fault(Path(path))):
        with pytest.raises(UserError):
            read("bomb.npz")


def as_tensors(content):
    stream = io.BytesIO()
    th.save(content, stream)
    return stream.getvalue()


@pytest.mark.parametrize("tensors", [as_tensors({"log_std": Bomb()}), pickle.dumps(Bomb())])
def test_a_policy_with_a_pickled_class(tensors, place):
    with pytest.raises(UnsafeFileError, match="tensors alone"):
        read_policy(write_zip(place / "policy.zip", **{"policy.pth": tensors}))


def test_names_in_a_policy_place_no_file(place):
    sound = models_folder() / "policies" / "walk_rl" / "policy.zip"
    with zipfile.ZipFile(sound) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    outside = {f"../{MARKER}": b"x", f"{place.parent}/{MARKER}": b"x", MARKER: b"x"}
    policy = read_policy(write_zip(place / "slip.zip", **members, **outside))
    assert policy.tensors
    assert [path.name for path in place.iterdir()] == ["slip.zip"]


def test_an_archive_that_would_fill_the_memory(place):
    with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("policy.pth", "w") as stream:
        block = bytes(2**22)
        for _ in range(LARGEST_ARCHIVE // len(block) + 1):
            stream.write(block)
    assert (place / "bomb.zip").stat().st_size < 2**21
    with pytest.raises(UnsafeFileError, match="more than"):
        read_policy(place / "bomb.zip")
    (place / "bomb.zip").rename("bomb.npz")
    for read in (load_motion, load_gait, lambda path: read_fault(Path(path))):
        with pytest.raises(UserError, match=r"more than|no failed"):
            read("bomb.npz")


def test_an_array_that_is_larger_than_its_file(place):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    write_zip(place / "huge.npz", **{"series_data/q_a.npy": stream.getvalue(), "header.npy": stream.getvalue()})
    for read in (load_motion, load_gait, lambda path: read_fault(Path(path))):
        with pytest.raises(UserError):
            read("huge.npz")


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.system [touch ran]", "!!python/name:os.system ''", "!!python/module:antigravity ''"],
)
def test_objects_in_yaml(tag, place):
    (place / "config.yaml").write_text(f"task: {tag}\noptimizer: {{}}\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_run_config(place / "config.yaml")
    folder = place / "Own"
    folder.mkdir()
    (folder / "config.yaml").write_text(f"device: {tag}\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_device(folder / "config.yaml")
    exp = place / "exp"
    exp.mkdir()
    (exp / "evil.yaml").write_text(f"# @package _global_\nexpname: {tag}\n")
    assert train.main(["exp=evil", "--config-dir", str(place), "--cfg", "job"]) == 2


def test_aliases_that_multiply(place):
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(yaml.YAMLError, match="aliases"):
        parse_yaml("\n".join(levels))
    (place / "config.yaml").write_text("task: reflex\noptimizer: {}\n" + "\n".join(levels))
    with pytest.raises(ConfigError, match="aliases"):
        read_run_config(place / "config.yaml")
    with pytest.raises(yaml.YAMLError, match="itself"):
        parse_yaml("&a [*a]")


TOUCH = "{_target_: os.system, command: touch ran}"
RUN = "{_target_: subprocess.Popen, args: [touch, ran]}"
EVIL = "root: {handlers: [evil]}}"
TARGETS = {
    "callback": f"callbacks: {{evil: {TOUCH}}}",
    "callback_popen": f"callbacks: {{evil: {RUN}}}",
    "callback_of_ours": "callbacks: {evil: {_target_: myoassist.cli.os.system, command: touch ran}}",
    "callback_behind_ours": "callbacks: {evil: {_target_: myoassist.train.sys.modules.os.system, command: touch ran}}",
    "launcher": f"launcher: {TOUCH}",
    "sweeper": f"sweeper: {TOUCH}",
    "logging": "hydra_logging: {version: 1, handlers: {evil: {(): os.system, command: touch ran}}, " + EVIL,
    "job_logging": "job_logging: {version: 1, handlers: {evil: {(): os.system, command: touch ran}}, " + EVIL,
    "logging_class": "job_logging: {version: 1, handlers: {evil: {class: subprocess.Popen, args: [touch, ran]}}, "
    + EVIL,
}


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("many", [False, True], ids=["run", "multirun"])
def test_targets_in_an_experiment(name, many, place, capsys):
    exp = place / "exp"
    exp.mkdir()
    section = yaml.safe_load(TARGETS[name])
    content = yaml.safe_dump({"task": "fake", "fake": {"steps": 1}, "hydra": section})
    (exp / "evil.yaml").write_text(f"# @package _global_\n{content}")
    command = ["exp=evil", "--config-dir", str(place), *(["--multirun", "seed=1,2"] if many else [])]
    # A single run starts no launcher, and workers of a sweep log nothing through Hydra.
    unused = ("job_logging", "logging_class") if many else ("launcher", "sweeper")
    code, shown = train.main(command), capsys.readouterr().err
    assert code == (0 if name in unused else 2), shown
    assert "Traceback" not in shown and ("expected:" in shown or code == 0)
    assert not (place / MARKER).exists()


MODEL = '<mujoco>{0}<worldbody><body><joint name="a"/><geom type="sphere" size="1"/>{1}</body></worldbody></mujoco>'


@pytest.mark.parametrize(
    ("top", "inside"),
    [
        ('<include file="../../../../etc/passwd"/>', ""),
        ('<include file="/etc/passwd"/>', ""),
        ('<asset><mesh name="m" file="../../etc/passwd"/></asset>', '<geom type="mesh" mesh="m"/>'),
        ('<asset><mesh name="m" file="/etc/passwd"/></asset>', ""),
        ('<compiler meshdir="/etc"/><asset><mesh name="m" file="passwd"/></asset>', ""),
        ('<compiler assetdir=".."/><asset><hfield name="m" file="secret.png"/></asset>', ""),
        ('<asset><texture name="t" type="cube" fileright="../a.png"/></asset>', ""),
        ('<asset><model name="m" file="../other.xml"/></asset>', ""),
        ('<deformable><skin file="../a.skn"/></deformable>', ""),
        ("", '<flexcomp name="f" type="mesh" file="../a.obj"/>'),
        ('<include file="link.xml"/>', ""),
    ],
)
def test_files_outside_of_a_model(top, inside, place):
    folder = place / "own"
    folder.mkdir()
    (place / "secret.xml").write_text("<mujoco/>")
    (folder / "link.xml").symlink_to(place / "secret.xml")
    model = folder / "own.xml"
    model.write_text(MODEL.format(top, inside))
    with pytest.raises(UnsafeFileError, match=r"outside(.|\n)*model\.trust_path=true"):
        check_model_file(model, "model.path=own.xml", False)
    check_model_file(model, "model.path=own.xml", True) if "include" not in top else None
    assert train.main(["exp=exo_4param", "model=custom", f"model.path={model}"]) == 2
    (folder / "config.yaml").write_text("device: {name: x, model_xml: own.xml}\n")
    with pytest.raises(UnsafeFileError, match="outside"):
        read_device(folder / "config.yaml")


def test_an_include_is_looked_into(place):
    (place / "own.xml").write_text(MODEL.format('<include file="part.xml"/>', ""))
    (place / "part.xml").write_text('<mujoco><include file="more.xml"/></mujoco>')
    (place / "more.xml").write_text(
        '<mujoco><asset><mesh file="../../x.stl"/></asset><include file="own.xml"/></mujoco>'
    )
    with pytest.raises(UnsafeFileError, match=r"x\.stl"):
        check_model_file(place / "own.xml", "model.path=own.xml")
    (place / "more.xml").write_text('<mujoco><asset><mesh file="x.stl"/></asset></mujoco>')
    check_model_file(place / "own.xml", "model.path=own.xml")


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><mujoco>&b;</mujoco>',
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><mujoco>&c;</mujoco>',
        "<mujoco>",
        "",
        "\ufeff\x00",
    ],
)
def test_model_files_that_are_no_plain_xml(text, place):
    (place / "own.xml").write_text(text)
    with pytest.raises((ModelError, UnsafeFileError)):
        check_model_file(place / "own.xml", "model.path=own.xml", True)


def test_plugins_of_mujoco_are_not_loaded(place):
    from myoassist.config.schema.run import EnvConfig
    from myoassist.model.build import build_walker

    (place / "evil.so").write_bytes(b"\x7fELF")
    extension = '<extension><plugin plugin="./evil.so"><instance name="x"/></plugin></extension>'
    (place / "own.xml").write_text(MODEL.format(extension, ""))
    with pytest.raises(ModelError, match="plugin"):
        build_walker(ModelConfig(path="own.xml"), EnvConfig())


def test_a_device_whose_model_lies_elsewhere(place):
    folder = place / "Own"
    folder.mkdir()
    (place / "model.xml").write_text("<mujoco/>")
    (folder / "config.yaml").write_text("device: {name: x, model_xml: ../model.xml}\n")
    with pytest.raises(UnsafeFileError, match="outside"):
        read_device(folder / "config.yaml")


def test_an_own_terrain_or_preset_is_data(place):
    from myoassist.compat.preset.file import read_preset

    (place / "evil.sh").write_text(
        "touch ran\npython train.py --model tutorial --popsize $(touch ran) --maxiter `touch ran`\n"
    )
    assert "popsize" not in read_preset(place / "evil.sh").values


def test_code_runs_only_where_plugins_names_it(place):
    (place / "mine.py").write_text(f"open('{MARKER}', 'w')")
    (place / "exp").mkdir()
    run = ["exp=mine", "--config-dir", ".", "fake.steps=1"]
    (place / "exp" / "mine.yaml").write_text("# @package _global_\ntask: fake\n")
    assert train.main(run) == 0
    assert not (place / MARKER).exists()
    (place / "exp" / "mine.yaml").write_text("# @package _global_\ntask: fake\nplugins: [mine.py]\nexpname: b\n")
    assert train.main(run) == 0
    (place / MARKER).unlink()
