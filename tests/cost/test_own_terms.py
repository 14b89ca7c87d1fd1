"""Terms of users: the example of the documentation, weights, failures, names, the command."""

import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from myoassist import train
from myoassist.check.cost import check_terms
from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.schema.run import CostConfig
from myoassist.cost import registry
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.own_terms import cost_term
from myoassist.cost.registry import find_term, own_terms
from myoassist.cost.report import format_terms, parse_terms
from myoassist.cost.result import FAILURE_COST
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import ConfigError
from myoassist.runs.plugins import import_plugins
from tests.gait.synthetic_walk import PLANAR_NAMES, reference_walk

ROOT = Path(__file__).resolve().parents[2]
PLAN = plan_cost(PLANAR_NAMES)


@pytest.fixture(autouse=True)
def forget_terms(monkeypatch):
    monkeypatch.setattr(registry, "_REGISTERED", dict(registry._REGISTERED))
    yield
    for name in [name for name in sys.modules if name.startswith("myoassist_plugin_")]:
        del sys.modules[name]


@pytest.fixture
def example(tmp_path):
    """The Python block of the documentation as a file."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "own-terms.md").read_text(), flags=re.DOTALL)
    path = tmp_path / "my_terms.py"
    path.write_text(code)
    return str(path)


def judge(log=None, **fields):
    config = CostConfig(**({"target": "kinematics"} | fields))
    check_terms(config)
    return evaluate_cost(log or reference_walk(), np.ones(77), config, PLAN)


def test_example_of_the_documentation(example):
    import_plugins([example])
    assert own_terms() == ("knee_power", "trunk_sway")
    log = reference_walk()
    log.joint_moment[:, :, 1], log.joint_velocity[:, :, 1] = 40.0, np.array([2.0, -3.0])
    plain = judge(log)
    result = judge(log, extra_terms=["knee_power", "trunk_sway"], weights={"knee_power": 20.0})
    # One knee delivers 40 N·m at 2 rad/s, the other one absorbs; the person has 80 kg.
    assert result.terms["Knee_Power"] == pytest.approx(1.0)
    assert result.terms["trunk_sway"] == pytest.approx(np.ptp(log.trunk_pitch))
    assert result.parts["knee_power"] == pytest.approx(20.0)
    assert result.total == pytest.approx(plain.total + 20.0 + result.terms["trunk_sway"])
    assert result.total == pytest.approx(math.fsum(result.parts.values()), rel=1e-12)
    assert parse_terms(format_terms(result))["Knee_Power"] == result.terms["Knee_Power"]
    assert "Knee_Power" not in plain.terms
    term = find_term("knee_power")
    assert (term.unit, term.built_in) == ("W/kg", False) and term.doc.startswith("Mean positive mechanical power")


def test_a_weight_alone_names_a_term_and_zero_only_reports_it(example):
    import_plugins([example])
    plain = judge()
    assert judge(weights={"trunk_sway": 3.0}).parts["trunk_sway"] == pytest.approx(
        3 * judge(weights={"trunk_sway": 1.0}).terms["trunk_sway"]
    )
    silent = judge(weights={"trunk_sway": 0.0})
    assert (silent.total, silent.parts["trunk_sway"]) == (pytest.approx(plain.total), 0.0)
    assert silent.terms["trunk_sway"] > 0.0


def test_terms_count_after_the_gates_only(example):
    import_plugins([example])
    result = judge(reference_walk(speed=1.0), extra_terms=["trunk_sway"])
    assert (result.stage, "trunk_sway" in result.parts) == ("2", False)
    assert result.terms["trunk_sway"] > 0.0


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda log, window, config: math.nan, "own cost term bad is nan"),
        (lambda log, window, config: -math.inf, "own cost term bad is -inf"),
        (lambda log, window, config: 1 / 0, "own cost term bad raised ZeroDivisionError"),
        (lambda log, window, config: log.trunk_pitch, "own cost term bad raised TypeError"),
        (lambda log, window, config: None, "own cost term bad raised TypeError"),
    ],
)
def test_a_term_without_a_value_makes_the_candidate_fail(function, reason):
    cost_term("bad")(function)
    result = judge(extra_terms=["bad"])
    assert (result.stage, result.total) == ("0", FAILURE_COST)
    assert result.reason.startswith(reason)
    # Unused terms are not even called.
    assert judge().stage == "3"


@pytest.mark.parametrize("name", ["effort", "stage", "l1", "c1_effort", "Knee", "1st", "a-b", "", "x" * 41, None])
def test_names_that_are_not_allowed(name):
    with pytest.raises(ConfigError, match="cost_term"):
        cost_term(name)


def test_a_name_belongs_to_one_function(tmp_path):
    for stem in ("one", "two"):
        (tmp_path / f"{stem}.py").write_text(
            "from myoassist.cost.own_terms import cost_term\n\n"
            "@cost_term('mine')\ndef mine(log, window, config):\n    return 1.0\n"
        )
    import_plugins([str(tmp_path / "one.py")])
    import_plugins([str(tmp_path / "one.py")])
    with pytest.raises(ConfigError, match=r"two\.py failed at line 3.*used twice"):
        import_plugins([str(tmp_path / "two.py")])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"extra_terms": ["knee_pover"]}, "no such term as knee_pover"),
        ({"weights": {"knee_pover": 1.0}}, "cost.weights.knee_pover=1.0: there is no such term"),
        ({"extra_terms": ["effort"]}, "effort is in the sum already"),
        ({"extra_terms": ["velocity"]}, "velocity is judged by the gates"),
        ({"extra_terms": ["mine", "mine"]}, "mine is in the sum already"),
        ({"weights": {"mine": -1.0}}, "0 or larger"),
    ],
)
def test_faulty_choices_are_refused(fields, words):
    cost_term("mine")(lambda log, window, config: 1.0)
    with pytest.raises(ConfigError, match=re.escape(words)):
        check_terms(CostConfig(target="kinematics", **fields))


def test_a_built_in_term_can_be_added():
    plain, more = judge(), judge(extra_terms=["grf"], weights={"grf": 100.0})
    assert more.total == pytest.approx(plain.total + 100.0 * plain.terms["GRF_Cost"])


def test_weights_of_own_terms_pass_the_first_check_only_with_plugins(example):
    arguments = ["exp=baseline", "cost.weights.knee_power=2", f"plugins=[{example}]"]
    check(compose_run(arguments).config)
    with pytest.raises(ConfigError, match="knee_power"):
        check(compose_run(arguments[:2]).config)


def test_a_formula_weights_terms_of_plugins_like_built_in_ones(example):
    import_plugins([example])
    formula = {"terms": {"effort": 2.0, "trunk_sway": 3.0}, "gates": ["velocity"]}
    result = judge(target="gentle", formula=formula, weights={"trunk_sway": 0.5})
    assert list(result.parts) == ["stage", "effort", "trunk_sway", "l1"]
    assert result.parts["effort"] == 2.0 * result.terms["Effort_Cost"]
    assert result.parts["trunk_sway"] == pytest.approx(1.5 * result.terms["trunk_sway"])
    assert judge(reference_walk(speed=1.0), target="gentle", formula=formula).stage == "2"
    # No symmetry gate in this formula, so its penalty stays 0 and it may be a term.
    lame = judge(reference_walk(speed=1.0), target="gentle", formula=formula, tgt_sym_th=1e-9)
    assert lame.parts["symmetry"] == 0.0
    assert judge(formula={"terms": {"symmetry": 5.0}, "gates": []}).parts["symmetry"] > 0.0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"formula": [1]}, "a mapping with terms"),
        ({"formula": {"terms": {"effort": -1}}}, "cost.formula.terms.effort=-1"),
        ({"formula": {"terms": {"effort": True}}}, "cost.formula.terms.effort=true"),
        ({"formula": {"terms": {"efort": 1}}}, "no such term as efort"),
        ({"formula": {"terms": {}, "gates": ["speed"]}}, "cost.formula.gates"),
        ({"formula": {"terms": {}, "gate": []}}, "cost.formula.gate: there is no such key"),
        ({"formula": {"terms": {}, "offset": math.inf}}, "cost.formula.offset"),
        ({"formula": {"terms": {"velocity": 1}}}, "judged by the gate velocity already"),
        ({"target": "gentle"}, "cost/gentle.yaml below --config-dir"),
        ({"target": "../x"}, "part of file names"),
    ],
)
def test_faulty_formulas_are_refused(fields, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        check_terms(CostConfig(**({"target": "kinematics"} | fields)))


def test_keys_of_cost_files_belong_to_one_term():
    cost_term("mine", key="Mine")(lambda walk: 1.0)
    assert judge(extra_terms=["mine"]).terms["Mine"] == 1.0
    for key in ("Mine", "Effort_Cost", "Total_Cost", "a b", ""):
        with pytest.raises(ConfigError, match="not allowed or taken"):
            cost_term("other", key=key)(lambda walk: 1.0)


def test_runs_know_a_target_of_the_package_by_its_name():
    assert compose_run(["exp=baseline"]).config.cost.formula is None
    assert compose_run(["exp=baseline", "cost.target=effort"]).config.cost == CostConfig(target="effort", l1_weight=0.0)
    changed = compose_run(["exp=baseline", "cost.formula.terms.trunk=0.25"]).config.cost
    assert changed.formula["terms"] == {"effort": 1, "kinematics": 1, "trunk": 0.25}
    added = compose_run(["exp=baseline", "cost.formula.terms.grf=2"]).config.cost
    assert added.formula["terms"]["grf"] == 2


TINY = ["exp=baseline", "model.physics=fast", "env.sim_time=0.4", "optimizer.popsize=3", "optimizer.maxiter=1"]


@pytest.mark.long
def test_the_command_refuses_a_faulty_cost_before_it_makes_a_folder(example, tmp_path, capsys):
    folder = tmp_path / "run"
    arguments = [*TINY, f"plugins=[{example}]", f"logdir={folder}"]
    for override, words in [
        ("cost.weights.pain=2", "cost.weights.pain=2"),
        ("cost.extra_terms=[knee_pover]", "knee_power"),
        ("cost.reference=none.csv", "none.csv does not exist"),
    ]:
        assert train.main([*arguments, override]) == 2
        assert words in capsys.readouterr().err
    assert not folder.exists()
    assert train.main([*arguments, "cost.extra_terms=[knee_power]", "optimizer.threads=1"]) == 0
    assert (folder / "best_parameters.json").is_file()


def test_a_target_file_of_a_user_runs(example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own" / "cost").mkdir(parents=True)
    (tmp_path / "own" / "cost" / "gentle.yaml").write_text(
        "target: gentle\nformula:\n  terms: {effort: 10, knee_power: 20}\n  gates: []\n"
    )
    walk = ["optimizer.param_path=shipped:walk_22_075", "cost.num_strides=1", "optimizer=evaluate", "expname=x"]
    arguments = [
        "exp=baseline",
        "overlays=published",
        "cost=gentle",
        "env.sim_time=4",
        f"plugins=[{example}]",
        "--config-dir",
        "own",
    ]
    assert train.main([*arguments, *walk]) == 0
    (folder,) = (path.parent for path in tmp_path.glob("logs/*/x/config.yaml"))
    assert yaml.safe_load((folder / "config.yaml").read_text())["cost"]["formula"]["terms"] == {
        "effort": 10,
        "knee_power": 20,
    }
    (report,) = folder.glob("*_Cost.txt")
    values = parse_terms(report.read_text())
    assert values["Stage"] == "3"
    expected = 10 * values["Effort_Cost"] + 20 * values["Knee_Power"] + values["Param_L1"]
    assert values["Total_Cost"] == pytest.approx(expected)


@pytest.mark.long
def test_worker_processes_know_the_terms(example, tmp_path):
    from myoassist.optimize.loop.processes import ProcessProblem
    from myoassist.optimize.walk.problem import WalkProblem
    from tests.walkers import WALKING_VECTOR

    arguments = [
        "exp=debug",
        "overlays=published",
        "model=tutorial",
        "cost.target=effort",
        "env.sim_time=5",
        "cost.num_strides=2",
    ]
    config = compose_run([*arguments, f"plugins=[{example}]", "cost.extra_terms=[knee_power]"]).config
    import_plugins(config.plugins)
    problem = WalkProblem(config, 1)
    expected = problem.evaluate(WALKING_VECTOR, 0, 0)
    assert expected.parts["knee_power"] > 0.0
    with ProcessProblem(config, problem.table, 1) as processes:
        assert processes.evaluate(WALKING_VECTOR, 0, 0).parts == expected.parts
