"""A user's own reference gait: read from three formats, resampled, and refused where something is wrong."""

import re
from pathlib import Path

import numpy as np
import pytest

from myoassist.check.cost import check_terms
from myoassist.config.schema.run import CostConfig
from myoassist.cost.judged_walk import plan_cost
from myoassist.cost.staging import evaluate_cost
from myoassist.files.errors import ConfigError
from myoassist.gait.reference.columns import ReferenceFileError
from myoassist.gait.reference.gait import EMG_MUSCLES, load_reference_gait
from myoassist.gait.reference.own import format_gait, format_template, load_reference
from tests.gait.synthetic_walk import PLANAR_NAMES, reference_walk

SAMPLE = Path(__file__).parents[2] / "data" / "own_reference.csv"
PHASE = np.arange(100) / 100.0
BUILTIN = load_reference_gait()


def one_leg(n=100, end=False, unit="deg", rows=None):
    """Columns of a smooth, made-up gait of one leg."""
    phase = np.arange(n) / (n - 1 if end else n) if rows is None else rows
    factor = {"deg": 1.0, "rad": np.pi / 180.0}[unit]
    turn = 2.0 * np.pi * phase
    return {
        f"trunk_pitch_{unit}": factor * (5.0 + np.sin(2 * turn)),
        f"hip_flexion_{unit}": factor * (10.0 + 20.0 * np.cos(turn)),
        f"knee_flexion_{unit}": factor * (30.0 - 28.0 * np.cos(turn - 1.45)),
        f"ankle_dorsiflexion_{unit}": factor * (10.0 * np.sin(turn)),
    }


def write(path, columns):
    lines = [",".join(columns)] + [",".join(repr(float(v)) for v in row) for row in zip(*columns.values(), strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_template_gives_the_built_in_gait(tmp_path):
    (tmp_path / "template.csv").write_text(format_template())
    own = load_reference(str(tmp_path / "template.csv"))
    np.testing.assert_allclose(own.kinematics, BUILTIN.kinematics, atol=1e-5)
    np.testing.assert_allclose(own.emg, BUILTIN.emg, atol=1e-5)
    for name in ("knee_flexion", "vertical", "SOL"):
        np.testing.assert_allclose(own.signals[name].evaluate(PHASE), BUILTIN.signals[name].evaluate(PHASE), atol=1e-5)
    assert (own.emg_muscles, own.emg_known) == (EMG_MUSCLES, True)


def test_an_own_gait_survives_being_written(tmp_path):
    own = load_reference(str(SAMPLE))
    (tmp_path / "copy.csv").write_text(format_gait(own))
    copy = load_reference(str(tmp_path / "copy.csv"))
    np.testing.assert_allclose(copy.kinematics, own.kinematics, atol=1e-5)
    assert copy.emg_muscles == ("SOL",)
    assert format_gait(copy) == format_gait(own)


def test_sample_of_the_documentation_loads():
    own = load_reference(str(SAMPLE))
    assert own.kinematics.shape == (100, 7)
    assert own.emg_muscles == ("SOL",)
    assert np.rad2deg(np.ptp(own.kinematics[:, 2])) > 40.0


def test_one_leg_gives_the_other_half_a_cycle_later(tmp_path):
    columns = one_leg()
    own = load_reference(write(tmp_path / "a.csv", columns))
    np.testing.assert_allclose(np.rad2deg(own.kinematics[:, 0]), columns["trunk_pitch_deg"], atol=1e-9)
    np.testing.assert_allclose(180.0 - np.rad2deg(own.kinematics[:, 1]), columns["hip_flexion_deg"], atol=1e-9)
    np.testing.assert_allclose(90.0 - np.rad2deg(own.kinematics[:, 3]), columns["ankle_dorsiflexion_deg"], atol=1e-9)
    np.testing.assert_allclose(own.kinematics[:, 4:], np.roll(own.kinematics[:, 1:4], 50, axis=0))
    # Rows begin at a left heel strike, whichever leg they are of.
    right = {
        re.sub(r"^(hip|knee|ankle)(.*)_deg", r"\1\2_r_deg", name): values if "trunk" in name else np.roll(values, 50)
        for name, values in columns.items()
    }
    other = load_reference(write(tmp_path / "b.csv", right))
    np.testing.assert_allclose(other.kinematics, own.kinematics)
    # Signals start at the heel strike of their own leg.
    expected = np.deg2rad(columns["hip_flexion_deg"])
    np.testing.assert_allclose(other.signals["hip_flexion"].evaluate(PHASE), expected, atol=1e-12)


@pytest.mark.parametrize("kind", ["rows 101", "phase", "time", "radians", "npz"])
def test_every_form_means_the_same(tmp_path, kind):
    expected = load_reference(write(tmp_path / "plain.csv", one_leg()))
    if kind == "rows 101":
        path = write(tmp_path / "own.csv", one_leg(101, end=True))
    elif kind == "radians":
        path = write(tmp_path / "own.csv", one_leg(unit="rad"))
    elif kind == "npz":
        path = str(tmp_path / "own.npz")
        np.savez(path, **one_leg())
    else:
        rows = np.linspace(0.0, 1.0, 401)
        name, values = ("phase_percent", 100.0 * rows) if kind == "phase" else ("time_s", 3.0 + 1.1 * rows)
        path = write(tmp_path / "own.csv", {name: values, **one_leg(rows=rows)})
    np.testing.assert_allclose(load_reference(path).kinematics, expected.kinematics, atol=2e-4)


@pytest.mark.parametrize(("degrees", "knee"), [(True, -1.0), (False, 1.0)])
def test_opensim_motion(tmp_path, degrees, knee):
    columns = one_leg(101, end=True)
    factor = 1.0 if degrees else np.pi / 180.0
    lean = columns["trunk_pitch_deg"]
    coordinates = {
        "time": np.linspace(2.0, 3.1, 101),
        "pelvis_tilt": -lean - 3.0,
        "lumbar_extension": np.full(101, 3.0),
    }
    for side in ("l", "r"):
        shifted = {n: np.roll(v[:100], 50 if side == "r" else 0) for n, v in columns.items()}
        shifted = {n: np.append(v, v[0]) for n, v in shifted.items()}
        coordinates |= {f"hip_flexion_{side}": shifted["hip_flexion_deg"], f"subtalar_{side}": np.zeros(101)}
        coordinates |= {f"knee_angle_{side}": knee * shifted["knee_flexion_deg"]}
        coordinates |= {f"ankle_angle_{side}": shifted["ankle_dorsiflexion_deg"]}
    names = list(coordinates)
    head = f"Coordinates\nversion=1\nnRows=101\ninDegrees={'yes' if degrees else 'no'}\n\nendheader\n"
    table = [
        [v if n == "time" else factor * v for n, v in zip(names, row, strict=True)]
        for row in zip(*coordinates.values(), strict=True)
    ]
    text = head + "\t".join(names) + "\n" + "\n".join("\t".join(f"{v:.10f}" for v in row) for row in table) + "\n"
    (tmp_path / "ik.mot").write_text(text)
    own = load_reference(str(tmp_path / "ik.mot"))
    expected = load_reference(write(tmp_path / "plain.csv", one_leg()))
    np.testing.assert_allclose(own.kinematics, expected.kinematics, atol=1e-6)
    (tmp_path / "bad.mot").write_text(text.replace("inDegrees", "inWhatever"))
    with pytest.raises(ReferenceFileError, match="inDegrees"):
        load_reference(str(tmp_path / "bad.mot"))


def edit(columns, **changes):
    return {changes.get(name, name): values for name, values in columns.items()}


def spoil(columns, name, row, value):
    columns[name][row] = value
    return columns


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (edit(one_leg(), hip_flexion_deg="hip_angle_deg"), "unknown column 'hip_angle_deg'"),
        (edit(one_leg(), hip_flexion_deg="hip_flexion_l"), "did you mean hip_flexion_l_"),
        ({n: v for n, v in one_leg().items() if "knee" not in n}, "no column of knee_flexion"),
        ({**one_leg(), "hip_flexion_rad": np.zeros(100)}, "several columns of the same thing"),
        ({**one_leg(), "hip_flexion_l_deg": one_leg()["hip_flexion_deg"]}, "several columns of the same thing"),
        (
            edit(one_leg(), hip_flexion_deg="hip_flexion_rad"),
            "the values look like deg: name the column hip_flexion_deg",
        ),
        (
            {**one_leg(), "hip_flexion_deg": one_leg(unit="rad")["hip_flexion_rad"]},
            "look like rad: name the column hip_fl",
        ),
        (spoil(one_leg(), "knee_flexion_deg", 7, np.nan), "column knee_flexion_deg, data row 8: nan"),
        (spoil(one_leg(), "ankle_dorsiflexion_deg", 3, 300.0), "data row 4: 300 deg"),
        (one_leg(12), "has 12 rows"),
        (one_leg(60), "has 60 rows and does not say where"),
        (one_leg(rows=np.arange(100) / 140), "the last row is"),
        ({"phase_percent": np.arange(100.0), "time_s": np.arange(100.0), **one_leg()}, "phase_percent and time_s"),
        ({"time_s": np.repeat(np.arange(50.0), 2), **one_leg()}, "does not grow in data row 2"),
        ({"phase_percent": PHASE, **one_leg()}, "runs from 0 to 0.99"),
        ({**one_leg(), "grf_vertical_bw": np.full(100, 700.0)}, "700 bw"),
        ({**one_leg(), "emg_sol": np.linspace(0, 80, 100)}, "look like percent: name the column emg_sol_percent"),
    ],
)
def test_faulty_files_are_refused(tmp_path, columns, words):
    with pytest.raises(ReferenceFileError, match=re.escape(words)):
        load_reference(write(tmp_path / "own.csv", columns))


def test_files_that_are_none_are_refused(tmp_path):
    (tmp_path / "own.xlsx").write_text("")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "words.csv").write_text("trunk_pitch_deg,hip_flexion_deg\n1,two\n")
    (tmp_path / "ragged.csv").write_text("trunk_pitch_deg,hip_flexion_deg\n1\n")
    (tmp_path / "fake.npz").write_text("no archive")
    np.savez(tmp_path / "table.npz", hip_flexion_deg=np.zeros((100, 2)))
    np.savez(tmp_path / "object.npz", hip_flexion_deg=np.array([{}]))
    for name, words in [
        ("none.csv", "does not exist"),
        ("", "is a folder"),
        ("own.xlsx", "unknown kind"),
        ("empty.csv", "no data rows"),
        ("words.csv", "'two'"),
        ("ragged.csv", "has 1 cells"),
        ("fake.npz", "no archive"),
        ("table.npz", "shape (100, 2)"),
        ("object.npz", "no archive of plain arrays"),
    ]:
        with pytest.raises(ReferenceFileError, match=re.escape(words)):
            load_reference(str(tmp_path / name))


def test_cost_compares_with_the_own_gait(tmp_path):
    (tmp_path / "template.csv").write_text(format_template())
    log, config = reference_walk(), CostConfig(target="kinematics")
    plain = evaluate_cost(log, np.ones(77), config, plan_cost(PLANAR_NAMES))
    own = evaluate_cost(log, np.ones(77), config, plan_cost(PLANAR_NAMES, str(tmp_path / "template.csv")))
    assert own.total == pytest.approx(plain.total, abs=1e-3)
    other = evaluate_cost(log, np.ones(77), config, plan_cost(PLANAR_NAMES, write(tmp_path / "o.csv", one_leg())))
    assert other.parts["kinematics"] > plain.parts["kinematics"] + 10.0


def test_activity_of_some_muscles_alone_is_compared(tmp_path):
    path = write(tmp_path / "own.csv", {**one_leg(), "emg_sol": np.full(100, 0.1), "emg_ta": np.full(100, 0.3)})
    log, config = reference_walk(), CostConfig(target="vel_musc", reference=path)
    result = evaluate_cost(log, np.ones(77), config, plan_cost(PLANAR_NAMES, path))
    # Activation is 0.1 throughout: soleus fits, tibialis anterior misses by 0.2 at 100 points of two legs.
    assert result.terms["EMG_Cost"] == pytest.approx(2 * 100 * 0.04)


def test_a_counting_term_needs_its_reference(tmp_path):
    path = write(tmp_path / "own.csv", one_leg())
    check_terms(CostConfig(target="kinematics", reference=path))
    check_terms(CostConfig(target="vel_musc", reference=path, weights={"emg": 0.0}))
    with pytest.raises(ConfigError, match="has no muscle activity"):
        check_terms(CostConfig(target="vel_musc", reference=path))
    with pytest.raises(ReferenceFileError, match="does not exist"):
        check_terms(CostConfig(reference=str(tmp_path / "none.csv")))
