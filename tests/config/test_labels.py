import re

import pytest

from myoassist.config.labels import LABEL_LIMIT, default_expname, label_overrides, sweep_label


@pytest.mark.parametrize(
    ("overrides", "label"),
    [
        ([], ""),
        (["optimizer.popsize=8", "seed=2"], "popsize_8_seed_2"),
        (["seed=2", "optimizer.popsize=8"], "popsize_8_seed_2"),
        (["seed=2", "seed=3"], "seed_3"),
        (["env.slope_deg=-1.5"], "slope_deg_n1p5"),
        (["model=dephy"], "model_dephy"),
        (["cost.weights.effort=2"], "effort_2"),
        (["cost.mode=compat", "optimizer.mode=evaluate"], "cost_mode_compat_optimizer_mode_evaluate"),
        (["plugins=[a/b.py]"], "plugins_a_b_py"),
        # Not another run of it.
        (["optimizer.threads=2", "optimizer.maxiter=9", "resume=never", "fresh=true", "logdir=x", "expname=a"], ""),
        (["exp=tutorial", "hydra/launcher=local", "hydra.sweep.dir=x", "env.render_modes=[]"], ""),
    ],
)
def test_label(overrides, label):
    assert label_overrides(overrides) == label


def test_long_labels_are_cut_and_stay_distinct():
    long = [f"model.path=/a/very/long/folder/name/that/goes/on/and/on/and/on/for/ever/{i}/model.xml" for i in range(3)]
    labels = {label_overrides([item]) for item in long}
    assert len(labels) == 3
    for label in labels:
        assert len(label) <= LABEL_LIMIT
        assert re.fullmatch(r"[A-Za-z0-9_]+", label)


def test_default_expname():
    assert default_expname("exo_npoint", ["seed=1"]) == "exo_npoint_seed_1"
    assert default_expname("exo_npoint", ["optimizer.threads=1"]) == "exo_npoint"
    assert default_expname(None, []) == "run"


@pytest.mark.parametrize(
    ("overrides", "label"),
    [
        ([], ""),
        (["seed=2"], "seed_2"),
        (["seed=2", "optimizer.popsize=8"], "popsize_8/seed_2"),
        (["exp=tutorial", "env.slope_deg=-1.5"], "slope_deg_n1p5"),
        (["plugins=[a, b]"], "plugins_a_b"),
        (["optimizer.sigma_gain=1e-3", "model=dephy"], "sigma_gain_0p001_model_dephy"),
        (["cost.mode=compat", "optimizer.mode=single"], "cost_mode_compat_optimizer_mode_single"),
        (["optimizer.maxiter=9"], "maxiter_9"),
    ],
)
def test_label_of_swept_values(overrides, label):
    assert sweep_label(overrides) == label


def test_long_sweep_labels_stay_distinct():
    labels = {sweep_label([f"model.path=/long/{'folder' * 20}/{i}.xml", "seed=1"]) for i in range(3)}
    assert len(labels) == 3
    assert all(label.endswith("/seed_1") and len(label.split("/")[0]) <= LABEL_LIMIT for label in labels)
