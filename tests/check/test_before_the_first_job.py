"""What one run refuses, a grid and an evolution refuse before their first job, in the same words."""

from pathlib import Path

import numpy as np
import pytest

from myoassist import train
from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.files.errors import UserError
from myoassist.gait.reference.own import format_template
from myoassist.model.build import build_walker
from myoassist.model.plant.strength import library_muscles

EVOLUTION = ["evo=evo", "evo.population_size=4", "evo.num_generations=1", "hydra/launcher=basic"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MYOASSIST_LOGS", raising=False)
    Path("rolled.csv").write_text(rolled())
    Path("words.txt").write_text("no numbers\n")
    np.savetxt("short.txt", np.ones(13))
    Path("walk.json").write_text('{"series_data": {"q_hip_flexion_r": [0, 30], "dq_hip_flexion_r": [1, 1]}}')
    Path("degrees.json").write_text(
        '{"series_data": {"q_hip_flexion_r": [0, 30], "dq_hip_flexion_r": [1, 1]}, "metadata": {"sample_rate": 9}}'
    )
    return tmp_path


def rolled():
    head, *rows = format_template().splitlines()
    phases = [row.partition(",")[0] for row in rows]
    turned = [row.partition(",")[2] for row in rows[50:] + rows[:50]]
    return "\n".join([head, *(f"{phase},{row}" for phase, row in zip(phases, turned, strict=True))]) + "\n"


REFLEX = ["exp=exo_4param"]
RL = ["exp=rl_imitation_partial_obs"]
CASES = {
    "no exo for the controller": ([*REFLEX, "model.device=null"], "exo.controller=four_param needs"),
    "passive device": ([*REFLEX, "model.device=kfoot"], "exo.controller=four_param needs"),
    "nothing to weigh": (["exp=baseline", "exo.mass=2"], "exo.mass=2 with model.device=null"),
    "no reference": ([*REFLEX, "cost.reference=none.csv"], "none.csv does not exist"),
    "reference of the other foot": ([*REFLEX, "cost.reference=rolled.csv"], "begin with the other foot"),
    "no such muscle": ([*REFLEX, "model.muscle_strength={solus: 0.5}"], "solus=0.5: there is no such muscle"),
    "no vector": ([*REFLEX, "optimizer.param_path=words.txt"], "words.txt"),
    "vector of another layout": ([*REFLEX, "optimizer.param_path=short.txt"], "short.txt has 13 entries"),
    "unknown term": ([*REFLEX, "cost.extra_terms=[grace]"], "grace"),
    "no conditions": ([*REFLEX, "optimizer.mode=multispeed"], "optimizer.optim_params=[]"),
    "no motion": ([*RL, "env.reference_data_path=none.npz"], "none.npz does not exist"),
    "motion without a rate": ([*RL, "env.reference_data_path=walk.json"], "walk.json"),
    "motion in degrees": ([*RL, "env.reference_data_path=degrees.json"], "look like degrees"),
    "no such ground": ([*RL, "env.terrain=tile", "env.terrain_params=moon"], "there is no such ground"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("kind", ["run", "grid", "evolution"])
def test_refused_before_the_first_job(place, capsys, name, kind):
    arguments, words = CASES[name]
    varied = "rl.ppo_params.gamma" if arguments[0] in RL else "cost.l1_weight"
    more = {
        "run": [],
        "grid": ["seed=1,2", "hydra/launcher=basic", "--multirun"],
        "evolution": [*EVOLUTION, f"{varied}=interval(0.5,0.9)"],
    }[kind]
    assert train.main([*arguments, *more]) == 2
    shown = capsys.readouterr().err
    assert words in shown and "expected:" in shown and "Traceback" not in shown
    assert not list(place.rglob("status.json")) and not list(place.rglob("config.yaml"))


@pytest.mark.parametrize("kind", ["grid", "evolution"])
def test_one_bad_value_among_good_ones(place, capsys, kind):
    """Of every choice, not of the first one alone."""
    more = {"grid": ["hydra/launcher=basic", "--multirun"], "evolution": [*EVOLUTION]}[kind]
    assert train.main(["exp=exo_npoint", "task=fake", "model.device=tutorial,dephy,kfoot", *more]) == 2
    shown = capsys.readouterr().err
    assert "exo.controller=npoint needs" in shown and "kfoot" in shown
    assert kind == "grid" or "the choice model.device=kfoot" in shown
    assert not list(place.rglob("status.json"))


def test_bounds_are_looked_at_although_constraints_cut_the_corners(place, capsys):
    arguments = [
        "exp=exo_4param",
        "task=fake",
        *EVOLUTION,
        "exo.max_torque=interval(5,5000)",
        "+hydra.sweeper.constraints={few: {terms: {exo.max_torque: 1}, upper: 50}}",
    ]
    assert train.main(arguments) == 2
    shown = capsys.readouterr().err
    assert "upper of exo.max_torque" in shown and "at most 1000" in shown


@pytest.mark.parametrize(
    "exp", ["baseline", "exo_4param", "exo_npoint", "tutorial", "rl_imitation_partial_obs", "rl_test"]
)
def test_good_runs_pass(exp):
    check(compose_run([f"exp={exp}"]).config)


def test_a_file_is_looked_at_again_when_it_has_changed(place):
    Path("gait.csv").write_text(format_template())
    config = compose_run(["exp=exo_4param", "cost.reference=gait.csv"]).config
    check(config)
    Path("gait.csv").write_text(rolled())
    with pytest.raises(UserError, match="other foot"):
        check(config)


def test_plugins_are_not_imported_for_it(place):
    Path("mine.py").write_text("open('ran', 'w')")
    config = compose_run(["exp=exo_4param", "plugins=[mine.py]", "cost.extra_terms=[own]"]).config
    check(config)
    config.cost.reference = "none.csv"
    with pytest.raises(UserError, match=r"none\.csv does not exist"):
        check(config)
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    "model", [{}, {"musculature": 26}, {"musculature": 80}, {"device": "osl_a"}, {"device": "osl_ka"}]
)
def test_muscles_are_known_without_the_model(model):
    config = compose_run(["exp=baseline", *(f"model.{key}={value}" for key, value in model.items())]).config
    walker = build_walker(config.model, config.env)
    assert set(library_muscles(config.model)) == set(walker.layout.muscle_names)


@pytest.mark.parametrize(
    "changes", [["env.slope_deg=5"], ["optimizer.mode=multislope", "optimizer.optim_params=[-5.0,5.0]"]]
)
def test_an_own_file_on_a_slope(place, capsys, changes):
    Path("legs.xml").write_text("<mujoco/>")
    assert train.main(["exp=baseline", "model=custom", "model.path=legs.xml", *changes]) == 2
    shown = capsys.readouterr().err
    assert "with model.path" in shown and "level ground" in shown
    assert not list(place.rglob("status.json"))
