"""Published reflex runs on a file laid out like the published one, with the contacts of the MuJoCo they come from."""

import json
from pathlib import Path

import mujoco
import numpy as np
import pytest
from published_reflex import write_reflex_model

from myoassist import evaluate, train
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import EnvConfig, ExoConfig, ModelConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.staging import evaluate_cost
from myoassist.model.build import build_walker
from myoassist.model.older_mujoco import ground_geoms, match_older
from myoassist.rl.env.batch import WalkBatch
from myoassist.rollout.simulator import Simulator, choose_loop
from tests.walkers import WALKING_VECTOR


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_reflex_model(tmp_path_factory.mktemp("published"))


def own(file):
    return [f"model.path={file}", "model.trust_path=true"]


def build(file, compat, **env):
    model = ModelConfig(path=str(file), trust_path=True, mujoco_compat=3.3 if compat else None)
    return build_walker(model, EnvConfig(**env))


def test_each_contact_of_a_walk_has_the_larger_margin(file):
    plain = mujoco.MjModel.from_xml_path(str(file))
    walker = build(file, compat=True)
    assert walker.model.opt.tolerance == 1e-15 and plain.opt.tolerance == 1e-8
    listed = {frozenset(pair) for pair in zip(plain.pair_geom1.tolist(), plain.pair_geom2.tolist(), strict=True)}
    # Legs that hang closer together meet each other as well, with their devices.
    narrow = mujoco.MjSpec.from_file(str(file))
    narrow.body("femur_l").pos[2] = 0.0
    seen = {True: 0, False: 0}
    for model in (walker.model, match_older(narrow)):
        ground = ground_geoms(model)
        assert [model.geom(int(i)).name for i in ground] == ["terrain", "ground-plane"]
        assert (model.geom_margin[ground] == 0.0).all() and (plain.geom_margin == 0.001).all()
        data = mujoco.MjData(model)
        mujoco.mj_resetDataKeyframe(model, data, model.key("stand").id)
        data.qpos[model.joint("pelvis_ty").qposadr[0]] -= 0.05
        for _ in range(100):
            mujoco.mj_step(model, data)
            for contact in data.contact:
                geoms = frozenset(int(geom) for geom in contact.geom)
                # What the file lists as a pair has no margin, in both versions.
                assert contact.includemargin == (0.0 if geoms in listed else 0.001), sorted(geoms)
                seen[bool(geoms & set(ground.tolist()))] += geoms not in listed
    assert seen[True] and seen[False], "contacts with the ground, and of two legs"


@pytest.mark.parametrize("delayed", [False, True], ids=["at 100 Hz", "delayed"])
def test_the_compiled_loop_walks_as_python_does(file, delayed):
    env = EnvConfig(sim_time=0.8 if delayed else 2.0, delayed=delayed)
    walker = build(file, compat=True, delayed=delayed)
    simulator = Simulator(walker, env, ExoConfig(controller="four_param", max_torque=100.0))
    fast = simulator.simulate(WALKING_VECTOR)
    slow = simulator.simulate_slowly(WALKING_VECTOR)
    assert fast.n_steps > 20
    np.testing.assert_array_equal(fast.flat, slow.flat)
    assert choose_loop(simulator)


def test_policies_and_pictures_get_the_same_model(file):
    learned = compose_run(
        ["exp=rl_imitation_partial_obs", "model=custom", *own(file), "model.mujoco_compat=3.3"]
    ).config
    drawn = build_walker(ModelConfig(path=str(file), trust_path=True, mujoco_compat=3.3), EnvConfig(), visual=True)
    for model in (WalkBatch(learned, 1, 0).walker.model, drawn.model):
        assert model.opt.tolerance == 1e-15 and (model.geom_margin[ground_geoms(model)] == 0.0).all()


RUN = ["exp=exo_4param", "model=custom", "exo.max_torque=100", "cost.mode=compat", "env.sim_time=2", "expname=check"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savetxt("published_Best.txt", WALKING_VECTOR)
    return tmp_path


@pytest.mark.long
def test_an_evaluation_recommends_it_and_takes_it(file, place, capsys):
    arguments = [*RUN, *own(file), "optimizer=evaluate", "optimizer.param_path=published_Best.txt"]
    assert train.main(arguments) == 0
    assert "model.mujoco_compat=3.3 would give" in capsys.readouterr().out
    (run,) = Path("logs").glob("*/check")
    totals = []
    for overrides in ([], ["model.mujoco_compat=3.3"]):
        assert evaluate.main([f"run={run}", "env.render_modes=[]", *overrides]) == 0
        totals.append(json.loads((run / "eval_terms.json").read_text())["total"])
        assert ("model.mujoco_compat=3.3 would give" in capsys.readouterr().out) == (not overrides)
    # The evaluation is that of the edited model, digit for digit.
    walker = build(file, compat=True)
    env, exo = EnvConfig(sim_time=2.0), ExoConfig(controller="four_param", max_torque=100.0)
    config = compose_run([*RUN, *own(file)]).config.cost
    simulator = Simulator(walker, env, exo)
    plan = plan_cost(simulator.log_layout.muscle_names, None)
    expected = evaluate_cost(simulator.simulate_slowly(WALKING_VECTOR), WALKING_VECTOR, config, plan)
    assert totals[1] == expected.total != totals[0]


def test_without_a_file_it_is_refused_before_anything_starts(place, capsys):
    assert train.main(["exp=exo_4param", "model.mujoco_compat=3.3"]) == 2
    shown = capsys.readouterr().err
    assert "without model.path" in shown and "model=custom model.path=<file.xml>" in shown
    assert not Path("logs").exists()
