import dataclasses
import math
import operator

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.keys import describe_expected, run_keys
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from myoassist.runs.plugins import import_plugins


def refusal(*arguments):
    composed = compose_run(list(arguments))
    with pytest.raises(ConfigError) as caught:
        check(composed.config)
    return str(caught.value)


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["+typo=1"], ["typo=1", "optimizer"]),
        (["+model.devise=dephy"], ["model.devise=dephy", "model.device=dephy"]),
        (["+cost.weight=2"], ["cost.weights=<value>"]),
        (["exo.max_torque=nan"], ["exo.max_torque=nan", "finite number", "exo.max_torque=<value>"]),
        (["env.sim_time=inf"], ["env.sim_time=inf", "at most 600", "leave it out"]),
        (["optimizer.popsize=1"], ["optimizer.popsize=1", "at least 2", "optimizer.popsize=2"]),
        (["exo.n_points=0"], ["exo.n_points=0", "at least 1"]),
        (["env.slope_deg=-20"], ["env.slope_deg=-20", "at least -15", "env.slope_deg=-15"]),
        (["optimizer.sigma_gain=0"], ["more than 0", "leave it out"]),
        (["model.musculature=23"], ["model.musculature=23", "22, 26, 80"]),
        (["env.init_pose=walk_rigth"], ["walk_left, walk_right", "env.init_pose=walk_right"]),
        (["cost.target=kinematic"], ["cost.target=kinematics"]),
        (["optimizer.threads=0"], ["optimizer.threads=0", "null"]),
        (["task=rl"], ["task=rl", "rl=ppo"]),
        (["control.delayed=true", "env.timestep=0.0005"], ["control.delayed=true", "env.timestep=0.001"]),
        (["control.legs=amp"], ["model.device=null", "osl_ka", "control.legs=bilateral"]),
        (["control.legs=amp", "model=tutorial"], ["model.device=tutorial", "osl_a", "control.legs=bilateral"]),
        (["control.legs=own"], ["control.legs=own", "shared, bilateral, amp"]),
        (["env.timestep=0.0003"], ["env.timestep=0.0003", "0.01 s", "env.timestep=0.00025"]),
        (["env.sim_time=0.001"], ["env.sim_time=0.001", "one control step"]),
        (["exo=npoint", "exo.fixed=true"], ["exo.fixed=true", "four_param"]),
        (["cost.weights.kinematic=2"], ["kinematic", "trunk", "cost.weights.kinematics=2"]),
        (["cost.weights.effort=-1"], ["cost.weights.effort=-1", "at least 0"]),
        (["cost.weights.effort=nan"], ["cost.weights.effort=nan", "finite"]),
        (["model=custom", "model.path=none.xml"], ["model.path=none.xml", "MJCF"]),
        (["optimizer.param_path=none.txt"], ["optimizer.param_path=none.txt", "does not exist"]),
        (["optimizer.pickle_path=none.pkl"], ["optimizer.pickle_path=none.pkl"]),
        (["optimizer.param_path=a", "optimizer.pickle_path=b"], ["one of them", "optimizer.param_path=null"]),
        (["optimizer=evaluate", "optimizer.pickle_path=b"], ["optimizer.mode=evaluate", "optimizer.param_path"]),
        (["optimizer.cma_options=5"], ["optimizer.cma_options=5", "mapping"]),
        (["optimizer.cma_options.maxiter=5"], ["optimizer.maxiter=5"]),
        (["optimizer.cma_options.seed=5"], ["seed=5"]),
        (["optimizer.cma_options.bounds=[0,1]"], ["bounds", "parameter table"]),
        (["optimizer.cma_options.tolfn=5"], ["no such option", "optimizer.cma_options.tolfun=5"]),
        (["optimizer.cma_options.tolfun=nan"], ["optimizer.cma_options.tolfun=nan"]),
        (["optimizer.run_suffix=a/b"], ["optimizer.run_suffix=a/b", "optimizer.run_suffix=a_b"]),
        (["plugins=[none.py]"], ["none.py", "plugins="]),
    ],
)
def test_refused(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = refusal(*arguments)
    assert [word for word in words if word not in message] == []
    assert "expected:" in message
    assert "to fix:" in message


def test_code_in_cma_options_is_refused():
    # pycma would evaluate this text.
    message = refusal('optimizer.cma_options={tolfun: "len([1])"}')
    assert "tolfun=len([1]) is not allowed" in message


@pytest.mark.parametrize(
    "arguments",
    [
        ["exp=tutorial", "env.timestep=0.0005", "seed=0"],
        ["control.delayed=true"],
        ["optimizer=evaluate"],
        ["exp=exo_4param", "exo.fixed=true"],
        [
            "cost=vel_musc",
            "cost.weights={velocity: 0, emg: 2.5}",
            "optimizer.cma_options={tolfun: 1e-9, CMA_active: false, tolx: null}",
        ],
        ["optimizer.threads=2", "optimizer.run_suffix=a-b.1", "cost.tgt_vel=5"],
    ],
)
def test_accepted(arguments):
    check(compose_run(arguments).config)


@pytest.mark.parametrize(
    ("key", "value"),
    [("optimizer.popsize", True), ("env.sim_time", "20"), ("control.delayed", 1), ("plugins", ["a", 1]), ("seed", 1.0)],
)
def test_wrong_types_in_a_built_configuration(key, value):
    config = RunConfig()
    group, _, name = key.rpartition(".")
    setattr(getattr(config, group) if group else config, name, value)
    with pytest.raises(ConfigError, match=f"{key}="):
        check(config)


def test_nan_is_refused_in_every_number():
    numbers = [key.name for key in run_keys().values() if key.base is float]
    assert len(numbers) > 8
    for name in numbers:
        config = RunConfig()
        group, _, last = name.rpartition(".")
        setattr(operator.attrgetter(group)(config), last, math.nan)
        with pytest.raises(ConfigError, match=f"{name}=nan"):
            check(config)


def test_every_default_is_valid_and_explained():
    check(RunConfig())
    for key in run_keys().values():
        assert len(key.metadata["doc"]) > 10
        assert describe_expected(key)


def test_paths_that_exist_are_accepted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("own.xml", "best.txt", "plugin.py"):
        (tmp_path / name).write_text({"own.xml": "<mujoco/>", "best.txt": "1.0\n1.0\n"}.get(name, ""))
    overrides = ["model=custom", "model.path=own.xml", "optimizer.param_path=best.txt", "plugins=[plugin.py]"]
    config = compose_run(overrides).config
    check(config)
    check(dataclasses.replace(config, plugins=[str(tmp_path / "plugin.py")]))


def test_plugins_are_imported_once_and_errors_name_the_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good_plugin.py").write_text("import pathlib\npathlib.Path('ran').open('a').write('x')\nVALUE = 3\n")
    (tmp_path / "bad_plugin.py").write_text("x = 1\ny = x / 0\n")
    (tmp_path / "odd_plugin.py").write_text("x = (\n")
    assert import_plugins(["good_plugin.py"])[0].VALUE == 3
    import_plugins(["good_plugin.py"])
    assert (tmp_path / "ran").read_text() == "x"
    with pytest.raises(ConfigError, match=r"bad_plugin\.py failed at line 2: ZeroDivisionError"):
        import_plugins(["bad_plugin.py"])
    with pytest.raises(ConfigError, match=r"odd_plugin\.py failed at line 1: SyntaxError"):
        import_plugins(["odd_plugin.py"])
