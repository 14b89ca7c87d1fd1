import dataclasses
import subprocess
import sys

import pytest
import yaml

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run, normalize_arguments
from myoassist.config.schema.cost_formula import find_target
from myoassist.config.schema.groups import config_folder, group_options, list_experiments
from myoassist.config.schema.run import RunConfig
from myoassist.files.errors import ConfigError
from myoassist.runs.named_files import resolve_param_path

# exp: device, controller of the device, n_points or None, max_torque or None, popsize, maxiter, param_path
PRESETS = {
    "baseline": (None, "none", None, None, 32, 1000, None),
    "debug": ("humotech", "four_param", None, 100.0, 8, 50, None),
    "exo_4param": ("humotech", "four_param", None, 10.0, 32, 1000, None),
    "exo_4param_kine": ("humotech", "four_param", None, 10.0, 32, 1000, None),
    "exo_npoint": ("humotech", "npoint", 6, 10.0, 32, 1000, None),
    "exo_npoint_cont": ("dephy", "npoint", 6, 10.0, 32, 1000, "newest:exo_npoint"),
}
# Those that walk like people: muscles, device, controller of the device, mode of the search
HUMANS = {
    "human": (22, None, "none", "single"),
    "human_level": (22, None, "none", "single"),
    "human_exo": (22, "tutorial", "four_param", "single"),
    "human_speeds": (22, None, "none", "multispeed"),
    "tutorial": (22, "tutorial", "four_param", "single"),
    "hip_exo": (22, "hippo", "four_param", "single"),
    "prosthesis": (22, "osl_a", "impedance", "single"),
    "walk_3d": (26, None, "none", "single"),
    "multispeed": (22, "tutorial", "four_param", "multispeed"),
    "multislope": (22, "tutorial", "four_param", "multislope"),
}
# Those that start from a walk that withstands disturbances, and keep it so.
FIRM = {"human": "human_sure", "human_exo": "human_sure_125"}


def test_preset_tables_cover_every_exp():
    # Those of the RL trainer: test_rl_presets.
    others = {"hemiparesis"}
    assert {*PRESETS, *HUMANS} | others == {name for name in group_options("exp") if not name.startswith("rl_")}


@pytest.mark.parametrize("exp", HUMANS)
def test_walks_like_people_are_judged_by_people(exp):
    config = compose_run([f"exp={exp}"]).config
    device = (config.model.musculature, config.model.device, config.exo.controller, config.optimizer.mode)
    assert device == HUMANS[exp]
    firm = exp in FIRM
    assert config.cost.target == ("human_gait_3" if firm else "human_gait_2")
    assert (config.cost.l1_weight, config.control.controller) == (0.0, "guided")
    assert (config.cost.mode, config.cost.num_strides, config.env.sim_time) == ("clean", 10, 14.0 if firm else 20.0)
    assert (config.model.physics, config.env.timestep) == ("fast", 0.002)
    # Several walks of a candidate are disturbed ones, or those of several conditions.
    several = config.cost.draws > 1 or config.optimizer.mode != "single" or exp == "tutorial"
    assert several and 14 <= config.optimizer.popsize <= 20
    assert config.optimizer.sigma_gain == (1.5 if firm else 5.0 if exp in ("prosthesis", "walk_3d") else 3.0)
    check(config)


@pytest.mark.parametrize("exp", FIRM)
def test_what_is_firm_is_disturbed_as_it_is_judged_and_its_last_candidates_are(exp):
    config = compose_run([f"exp={exp}"]).config
    noise = config.cost.draw_noise
    assert (config.model.plant, config.control.cadence, config.control.late_foot) == ("human_5", "speed", "awaited")
    assert config.cost.draws == 7 and noise.in_turn
    # At least what a walk has to withstand: 3 % of noise, ground of 2 cm, pushes of 30 N·s.
    assert noise.parameter_sd >= 0.03 and noise.footholds >= 0.02 and noise.push_impulse >= 30.0
    assert config.optimizer.finalists == 12 and config.optimizer.param_path == f"shipped:{FIRM[exp]}"


def test_what_exp_human_was_is_kept():
    config = compose_run(["exp=human_level"]).config
    assert (config.model.plant, config.control.cadence, config.control.late_foot) == ("human_4", "target", "alone")
    assert (config.cost.draws, config.cost.draw_noise.footholds, config.optimizer.finalists) == (2, 0.0, 0)
    assert (config.optimizer.maxiter, config.optimizer.param_path) == (500, "shipped:human_near_firm_4")


def test_a_weak_calf_has_gains_of_its_own_and_no_price_on_a_limp():
    config = compose_run(["exp=hemiparesis"]).config
    assert config.model.muscle_strength == {"soleus_r": 0.5, "gastroc_r": 0.5}
    assert (config.control.controller, config.control.legs, config.optimizer.factors) == ("guided", "bilateral", True)
    assert (config.cost.target, config.cost.formula["terms"]["knee_symmetry"]) == ("human_gait_2", 0)
    check(config)


def test_an_exo_that_may_change_effort_is_paid_for_it():
    plain, exo = (compose_run([f"exp={exp}"]).config for exp in ("human", "human_exo"))
    assert plain.cost.formula is None
    weights = dict(find_target(plain.cost).terms)
    assert dict(find_target(exo.cost).terms) == weights | {"cot": 3.0 * weights["cot"]}
    assert 40.0 <= exo.exo.max_torque <= 55.0


@pytest.mark.parametrize("exp", PRESETS)
def test_exp_equals_preset_table(exp):
    run = compose_run([f"exp={exp}"])
    config = run.config
    assert isinstance(config, RunConfig)
    device, controller, n_points, max_torque, popsize, maxiter, param_path = PRESETS[exp]
    assert (config.model.device, config.cost.target, config.exo.controller) == (device, "kinematics", controller)
    assert n_points is None or config.exo.n_points == n_points
    assert max_torque is None or config.exo.max_torque == max_torque
    assert (config.optimizer.popsize, config.optimizer.maxiter) == (popsize, maxiter)
    assert config.optimizer.param_path == param_path
    # What all presets share.
    assert (config.model.musculature, config.env.sim_time, config.env.init_pose) == (22, 20.0, "walk_left")
    assert (config.cost.num_strides, config.cost.tgt_vel, config.env.slope_deg) == (5, 1.25, 0.0)
    assert (config.cost.trunk_err_type, config.cost.tgt_sym_th, config.cost.tgt_grf_th) == ("ref_diff", 0.1, 1.5)
    assert (config.optimizer.sigma_gain, config.optimizer.threads, config.control.delayed) == (10.0, None, False)
    assert (config.control.controller, config.cost.l1_weight) == ("reflex", 0.0)
    assert (run.exp, config.expname, run.overrides) == (exp, exp, [])


def test_every_exp_is_headed_by_its_command_and_purpose():
    for item in list_experiments():
        assert item.command == f"bash scripts/local.sh scripts/train.sh exp={item.name}"
        assert len(item.purpose) > 20


def lacking(shown, stored):
    """Return the keys of a stored mapping, at any depth, that have another value in what was composed."""
    wrong = []
    for key, value in stored.items():
        if isinstance(value, dict) and isinstance(shown.get(key), dict):
            wrong += [f"{key}.{inner}" for inner in lacking(shown[key], value)]
        elif shown[key] != value:
            wrong.append(key)
    return wrong


@pytest.mark.parametrize("group", ["model", "exo", "cost", "optimizer", "env", "rl"])
def test_every_group_option_composes(group):
    for name in group_options(group):
        extra = ["model.path=a.xml"] if name == "custom" else []
        composed = compose_run([f"{group}={name}", *extra]).config
        stored = yaml.safe_load((config_folder() / group / f"{name}.yaml").read_text())
        shown = dataclasses.asdict(getattr(composed, group))
        # A formula of the package is known by the name of its target.
        assert (
            lacking(shown, {key: value for key, value in stored.items() if key not in ("path", "formula", "defaults")})
            == []
        )


def test_overrides_are_told_apart():
    typed = ["exp=exo_npoint", "expname=a", "seed=3", "resume=never", "hydra/launcher=local", "cost.weights.grf=2"]
    run = compose_run(typed)
    assert run.overrides == ["seed=3", "cost.weights.grf=2"]
    assert run.all_overrides == [item for item in typed if not item.startswith("hydra")]
    assert (run.config.expname, run.config.seed, run.config.cost.weights) == ("a", 3, {"grf": 2.0})


def test_free_mappings_take_new_keys():
    options = compose_run(["optimizer.cma_options={tolfun: 1e-9}", "optimizer.cma_options.tolx=1e-8"])
    assert options.config.optimizer.cma_options == {"tolfun": 1e-9, "tolx": 1e-8}
    assert compose_run(["cost.weights={effort: 2, trunk: 0.5}"]).config.cost.weights == {"effort": 2.0, "trunk": 0.5}


def test_plus_before_existing_keys_is_dropped():
    assert normalize_arguments(["+overlays=sweep", "+seed=1", "+model=dephy", "+new=1"]) == [
        "overlays=sweep",
        "seed=1",
        "model=dephy",
        "+new=1",
    ]


def test_interpolated_expname():
    assert compose_run(["exp=tutorial", "expname=N_${seed}_${exo.max_torque}"]).config.expname == "N_0_40.0"


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("typo=1", ["typo", "optimizer"]),
        ("optimizer.popsiz=8", ["optimizer.popsiz", "optimizer.popsize=8", "maxiter"]),
        ("popsize=8", ["optimizer.popsize=8"]),
        ("optimzer.popsize=8", ["optimizer.popsize=8"]),
        ("modl=tutorial", ["model=tutorial"]),
        ("model=tutoral", ["model=tutoral", "baseline, ", "dephy", "model=tutorial"]),
        ("exp=nope", ["exp=nope", "exo_npoint_cont", "Walk like the reference gait"]),
        ("model=null", ["model=null", "model=<one of"]),
        ("optimizer=3", ["optimizer=3", "cma, de, evaluate"]),
        ("optimizer.popsize=abc", ["optimizer.popsize=abc", "an integer, at least 2", "leave it out"]),
        ("seed=1.5", ["seed=1.5", "an integer"]),
        ("seed=true", ["seed=true", "an integer"]),
        ("seed=null", ["seed=null", "an integer"]),
        ("control.delayed=maybe", ["control.delayed=maybe", "true or false", "leave it out"]),
        ("plugins=a.py", ["plugins=a.py", "a list"]),
        ("cost.weights.effort=a", ["cost.weights.effort=a", "numbers"]),
        ("seed=1,2", ["seed=1,2", "--multirun", "seed=[1,2]"]),
        ("model=tutorial,dephy", ["--multirun"]),
        ("exo.n_points=range(2,5)", ["--multirun"]),
        ("seed", ["'seed'", "key=value", "seed=<value>"]),
        ("=3", ["'=3'", "key=value"]),
        ("expname=[1", ["cannot be read", "quotes"]),
        ("expname=N_${sed}", ["expname=N_${sed}", "${seed}"]),
        ("~exo.n_points", ["~exo.n_points", "exo.n_points=4"]),
        ("overlays=swep", ["overlays=swep", "overlays=sweep"]),
        ("model=custom", ["model.path=<file.xml>"]),
    ],
)
def test_bad_argument_is_reworded(argument, words):
    with pytest.raises(ConfigError) as caught:
        compose_run([argument])
    message = str(caught.value)
    assert [word for word in words if word not in message] == []
    # Hydra's own advice bypasses the schema.
    assert "append to your config" not in message


def test_folder_of_a_run_within_a_sweep():
    config = compose_run(["exp=tutorial", "+overlays=sweep", "optimizer.popsize=4", "seed=3"]).config
    assert (config.expname, config.expsubdir) == ("tutorial", "popsize_4/seed_3")
    assert compose_run(["exp=tutorial", "overlays=sweep"]).config.expsubdir is None
    assert compose_run(["exp=tutorial", "seed=1", "logdir='old/${expname}'"]).config.logdir == "old/tutorial_seed_1"


def test_newest_without_a_finished_run_prints_the_command(tmp_path):
    with pytest.raises(ConfigError, match=r"scripts/train\.sh exp=exo_npoint$"):
        resolve_param_path("newest:exo_npoint", tmp_path)
    with pytest.raises(ConfigError, match="no experiment nope"):
        resolve_param_path("newest:nope", tmp_path)


def test_newest_is_the_newest_finished_run(tmp_path, monkeypatch):
    from myoassist.runs.folder import open_run

    monkeypatch.chdir(tmp_path)
    run = compose_run(["exp=exo_npoint", "seed=1"])
    folders = []
    for name, status in (("one", "finished"), ("two", "finished"), ("three", "interrupted")):
        run.config.expname = name
        with open_run(run.config, run.exp, run.all_overrides) as folder:
            folder.write_status(status)
        folders.append(folder.path)
    assert resolve_param_path("newest:exo_npoint").resolve() == folders[1].resolve()


def test_start_points_that_are_paths(tmp_path):
    file = tmp_path / "a_Best.txt"
    file.write_text("1\n")
    assert resolve_param_path(str(file)) == file
    assert resolve_param_path(None) is None
    with pytest.raises(ConfigError, match="does not exist"):
        resolve_param_path(str(tmp_path / "b.txt"))


def test_composing_loads_nothing_heavy():
    code = (
        "import sys; from myoassist.config.compose.run import compose_run; compose_run(['exp=exo_npoint']); "
        "print([name for name in ('mujoco', 'numba', 'torch', 'numpy', 'cma') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
