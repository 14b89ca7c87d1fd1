"""What a scan and stages of a search refuse, before anything is loaded."""

import pytest

from myoassist.check.run import check
from myoassist.config.compose.run import compose_run
from myoassist.config.entries.search_stages import plan_stages, stage_config
from myoassist.config.schema.cost_formula import find_target
from myoassist.files.errors import UserError

STAGES = "optimizer.stages=[{name: a, evaluations: 64, set: {cost.target: kinematics, env: {sim_time: 10}}}, {}]"


def config_of(*overrides):
    return compose_run(["exp=baseline", *overrides]).config


def refused(*overrides):
    with pytest.raises(UserError) as error:
        check(config_of(*overrides))
    return str(error.value)


@pytest.mark.long
def test_good_ones_pass():
    check(config_of(STAGES, "optimizer.scan=100", "optimizer.scan_time=5"))
    check(config_of("optimizer.diagonal_generations=50"))
    check(config_of("optimizer=ipop", STAGES))
    check(config_of("optimizer=pool", "optimizer.scan=100"))
    check(config_of("optimizer.members=4", "optimizer.milestones=[100,300]"))
    check(config_of("optimizer=de", "optimizer.scan=100"))
    check(config_of("control=guided", "optimizer=human", "cost=human_gait"))
    check(config_of("optimizer.factors=true", "optimizer.scan=64"))
    check(config_of("control=guided", "optimizer=pool", "optimizer.scan_from=shipped:around"))
    for optimizer in ("human", "robust", "held"):
        check(
            compose_run(["exp=human_level", f"optimizer={optimizer}", "optimizer.param_path=shipped:human_125"]).config
        )
    check(config_of("optimizer=multispeed", "optimizer.stages=[{factors: true, evaluations: 64}, {}]"))


def test_a_stage_changes_one_weight():
    changes = "[{evaluations: 64, set: {cost.formula.terms.gates: 8, cost.formula.terms.cot: 3}}, {}]"
    config = config_of("cost=human_gait", f"optimizer.stages={changes}")
    stages = plan_stages(config.optimizer)
    first, last = (stage_config(config, stage).cost for stage in stages)
    terms = find_target(last).terms
    assert find_target(first).terms == {**terms, "gates": 8.0, "cot": 3.0}
    assert terms["cot"] != 3.0 and "gates" not in terms


@pytest.mark.long
@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["optimizer.stages=[]"], "a list of stages"),
        (["optimizer.stages=[{evaluations: 5}, {generations: 3}]"], "the last stage goes on"),
        (["optimizer.stages=[{}, {}]"], "has no length"),
        (["optimizer.stages=[{evaluations: 64}, {enough: 100}]"], "leave enough out"),
        (["optimizer.stages=[{evaluations: 64, set: {env.support: 2}}, {}]"], "env.support=2"),
        (["optimizer.stages=[{evaluations: 64}, {set: {env.support: 0.1}}]"], "last stage"),
        (["env.support=0.5"], "held by springs"),
        (["optimizer.stages=[{evaluations: 64, generations: 3}, {}]"], "one of them"),
        (["optimizer.stages=[{evaluation: 64}, {}]"], "evaluations"),
        (["optimizer.stages=[{name: scan, evaluations: 64}, {}]"], "that no other stage has"),
        (["optimizer.stages=[{evaluations: 64, covariance: full}, {}]"], "nothing has been learned"),
        (["optimizer.stages=[{evaluations: 64, set: {model.plant: human}}, {}]"], "no matter of a stage"),
        (["optimizer.stages=[{evaluations: 64, set: {cost.reference: a.csv}}, {}]"], "no matter of a stage"),
        (["optimizer.stages=[{evaluations: 64, set: {cost.tgt_vell: 1}}, {}]"], "cost.tgt_vel"),
        (["optimizer.stages=[{evaluations: 64, set: {env.sim_time: -1}}, {}]"], "env.sim_time=-1"),
        (["optimizer.stages=[{evaluations: 64, set: {cost.target: walk}}, {}]"], "stage 1 of the search: cost.target"),
        (["optimizer.stages=[{evaluations: 64, set: {cost.weights.emgg: 2}}, {}]"], "stage 1 of the search"),
        (["optimizer.stages=[{evaluations: 64, set: {cost.weights.emg: 2}}, {}]"], "a term of this target"),
        (
            ["cost=human_gait", "optimizer.stages=[{evaluations: 64, set: {cost.formula.terms.gats: 2}}, {}]"],
            "write gates for gats",
        ),
        (
            ["cost=human_gait", "optimizer.stages=[{evaluations: 64, set: {cost.formula.terms.gates: x}}, {}]"],
            "terms.gates=x",
        ),
        (
            ["optimizer.stages=[{evaluations: 64, set: {cost.formula.terms.gates: 2}}, {}]"],
            "gates is a term of graded targets",
        ),
        ([STAGES, "optimizer.maxiter=2"], "ends before the last stage"),
        (["optimizer.members=8", "optimizer.maxiter=4"], "for each member and rung"),
        (["optimizer.members=4", "optimizer.milestones=[200,100]"], "growing"),
        (["optimizer.members=4", "optimizer.milestones=[100000]"], "beyond the budget"),
        (["optimizer.members=4", "optimizer.pickle_path=."], "searches of their own"),
        ([STAGES, "optimizer=de"], "optimizer.algorithm=cma"),
        (["optimizer.scan=64", "optimizer.maxiter=2"], "ends before the last stage"),
        (["optimizer.scan=64", "optimizer.scan_keep=65"], "scan_keep=64"),
        (["optimizer.scan=64", "optimizer.scan_spread=true"], "have a spread"),
        (["optimizer.scan=64", "optimizer.scan_from=shipped:flexed_kne"], "shipped:flexed_knee"),
        (["optimizer.scan=64", "optimizer.scan_from=nowhere.yaml"], "does not exist"),
        (["control=guided", "optimizer=pool"], "to fix:   optimizer.scan_from=shipped:around"),
        (["optimizer.scan=64", "control=cpg"], "has no such parameter"),
        (["optimizer.scan=64", "optimizer.pickle_path=."], "param_path"),
        (["optimizer.factors=true", "control=network"], "names no groups"),
        (["optimizer.factors=true", "optimizer=multispeed"], "optimizer.multi_strategy=shared"),
        (["optimizer.factors=true", "optimizer.pickle_path=."], "optimizer.factors=true with"),
        (
            ["optimizer.factors=true", "optimizer.scan=64", "optimizer.scan_keep=8", "optimizer.scan_spread=true"],
            "scan_spread=false",
        ),
        (["optimizer.stages=[{factors: 3, evaluations: 64}, {}]"], "true or false"),
        (["optimizer.diagonal_generations=1"], "2 and more"),
        (["optimizer.diagonal_generations=9", "optimizer.cma_options={CMA_diagonal: true}"], "one of them"),
        (["optimizer.cma_options={CMA_diagonal: 9}"], "optimizer.diagonal_generations=9"),
    ],
)
def test_nonsense_is_refused(overrides, words):
    assert words in refused(*overrides)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("parameters: {kneetgt: {sd: 1}}", "knee_tgt"),
        ("parameters: {knee_tgt: {range: [178, 175]}}", "lower one first"),
        ("parameters: {knee_tgt: {sd: 1, range: [1, 2]}}", "both or neither"),
        ("parameters: {knee_tgt: {sd: -1}}", "at least 0"),
        ("parameters: {knee_tgt: {spread: 1}}", "spread"),
        ("knee_tgt: {sd: 1}", "no mapping parameters"),
        ("[", "a YAML file"),
    ],
)
def test_faulty_distributions_are_refused(tmp_path, text, words):
    file = tmp_path / "start.yaml"
    file.write_text(text)
    assert words in refused("optimizer.scan=64", f"optimizer.scan_from={file}")
