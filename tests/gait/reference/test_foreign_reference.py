"""Reference gaits of others: every plausible one is read, and what is exchanged, repeated or turned is refused."""

import csv
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoassist.check.cost import check_terms
from myoassist.commands.reference.group import COMMAND as REFERENCE
from myoassist.config.schema.run import CostConfig
from myoassist.files.errors import ConfigError, UserError
from myoassist.gait.reference.columns import ReferenceFileError
from myoassist.gait.reference.edits import ReferenceEdits, edits_of
from myoassist.gait.reference.file import read_table
from myoassist.gait.reference.gait import load_reference_gait
from myoassist.gait.reference.own import format_template, load_reference
from myoassist.gait.reference.stride_finder import find_strides

BUILTIN = load_reference_gait()
PHASE = np.arange(100) / 100.0
SPEEDS = ("very_slow", "slow", "free", "fast", "very_fast")
# Means of children and adults at five speeds (Schwartz, Rozumalski, Trost 2008), every twentieth, deg: hip
# flexion, knee flexion, ankle dorsiflexion. Public numbers, thinned out; the full table is tried where it is at hand.
HUMAN = {
    "very_slow": (
        (
            30.2,
            28.1,
            25.3,
            21.8,
            18.5,
            15.3,
            12.6,
            10.1,
            7.7,
            5.4,
            3.1,
            1.7,
            2.2,
            5.9,
            11.9,
            18.4,
            24.6,
            29.3,
            31.7,
            31.8,
        ),
        (4.9, 6.4, 7.8, 7.7, 7.3, 6.9, 6.7, 6.7, 7.0, 7.8, 9.2, 12.1, 18.2, 28.2, 38.9, 44.4, 42.3, 32.7, 19.3, 8.1),
        (
            -2.6,
            -5.7,
            -4.0,
            -1.1,
            1.6,
            3.9,
            5.9,
            8.0,
            10.0,
            11.9,
            13.1,
            12.0,
            7.0,
            -0.8,
            -4.3,
            -1.3,
            2.9,
            4.8,
            2.7,
            -0.8,
        ),
    ),
    "free": (
        (
            35.8,
            35.3,
            32.9,
            28.0,
            22.5,
            16.9,
            11.4,
            6.3,
            1.6,
            -2.4,
            -5.3,
            -5.3,
            -0.9,
            8.1,
            17.9,
            26.0,
            32.0,
            35.5,
            36.7,
            36.0,
        ),
        (
            5.6,
            12.5,
            18.6,
            18.9,
            16.5,
            13.2,
            10.1,
            7.6,
            6.2,
            7.3,
            11.6,
            20.3,
            33.9,
            49.0,
            58.2,
            57.8,
            49.8,
            35.6,
            18.7,
            6.1,
        ),
        (
            -2.1,
            -5.6,
            -2.1,
            2.2,
            5.2,
            7.1,
            8.6,
            9.9,
            11.2,
            11.8,
            10.4,
            2.4,
            -13.8,
            -18.9,
            -11.2,
            -3.6,
            1.1,
            2.4,
            1.0,
            -0.8,
        ),
    ),
    "very_fast": (
        (
            43.6,
            42.2,
            39.7,
            34.4,
            27.6,
            20.3,
            12.9,
            6.0,
            -0.1,
            -4.8,
            -7.3,
            -5.7,
            0.6,
            11.0,
            22.7,
            32.8,
            40.2,
            44.1,
            45.0,
            44.0,
        ),
        (
            8.8,
            14.8,
            21.8,
            21.8,
            17.3,
            11.4,
            5.8,
            2.1,
            0.6,
            2.4,
            8.4,
            20.2,
            36.8,
            52.5,
            61.0,
            60.5,
            52.5,
            38.3,
            21.8,
            10.0,
        ),
        (
            -3.1,
            -5.8,
            -1.8,
            3.2,
            6.3,
            7.7,
            7.9,
            7.5,
            6.7,
            4.4,
            -1.5,
            -13.2,
            -21.9,
            -17.7,
            -9.1,
            -1.8,
            2.5,
            3.5,
            1.7,
            -1.0,
        ),
    ),
}
NAMES = ("hip_flexion", "knee_flexion", "ankle_dorsiflexion")


def template(tmp_path):
    (tmp_path / "template.csv").write_text(format_template())
    return read_table(str(tmp_path / "template.csv"))


def write(path, columns, separator=",", comma="."):
    rows = [separator.join(columns)]
    rows += [
        separator.join(repr(float(value)).replace(".", comma) for value in row)
        for row in zip(*columns.values(), strict=True)
    ]
    path.write_text("\n".join(rows) + "\n")
    return str(path)


def human(speed, trunk=5.0):
    """Columns of one leg of a human walk at 100 points."""
    columns = {"trunk_pitch_deg": trunk + np.sin(4 * np.pi * PHASE)}
    for name, values in zip(NAMES, HUMAN[speed], strict=True):
        columns[f"{name}_deg"] = np.interp(PHASE, np.arange(20) / 20.0, values, period=1.0)
    return columns


def change(columns, function, *words):
    return {
        name: function(values) if name != "phase_percent" and all(word in name for word in words) else values
        for name, values in columns.items()
    }


def refusal(path, edits=None):
    with pytest.raises(ReferenceFileError) as caught:
        load_reference(path, edits or ReferenceEdits())
    return caught.value


def paste(error):
    """Take the overrides in front of the bracket of a remedy as a configuration takes them."""
    config = CostConfig(reference="x.csv")
    for word in shlex.split(error.remedy.partition("   (")[0]):
        key, _, value = word.removeprefix("cost.").partition("=")
        pairs = re.findall(r"(\w+): (-?[\d.]+)", value)
        setattr(config, key, {name: float(number) for name, number in pairs} if pairs else float(value))
    return edits_of(config)


@pytest.mark.parametrize("speed", HUMAN)
@pytest.mark.parametrize("trunk", [0.0, 12.0, 22.0])
def test_human_gaits_are_accepted(tmp_path, speed, trunk):
    gait = load_reference(write(tmp_path / "a.csv", human(speed, trunk)))
    expected = 180.0 - np.array(HUMAN[speed][0])
    np.testing.assert_allclose(np.rad2deg(gait.kinematics[::5, 1]), expected, atol=1e-6)


@pytest.mark.parametrize("speed", SPEEDS)
def test_the_full_human_table_is_accepted(tmp_path, speed):
    source = Path(__file__).parents[4] / "shared" / "data" / "human_gait" / "schwartz2008_curves.csv"
    if not source.is_file():
        pytest.skip("the full table is not at hand")
    rows = list(csv.DictReader(source.open()))
    channels = ("Trunk Ant/Posterior Tilt", "Hip Flex/Extension", "Knee Flex/Extension", "Ankle Dorsi/Plantarflexion")
    columns = {}
    for name, channel in zip(("trunk_pitch", *NAMES), channels, strict=True):
        chosen = [row for row in rows if row["channel"] == channel and row["group"] == "Joint Rotations"]
        columns["phase_percent"] = np.array([100.0 * float(row["cycle"]) for row in chosen])
        columns[f"{name}_deg"] = np.array([float(row[f"{speed}_mean"]) for row in chosen])
    load_reference(write(tmp_path / "a.csv", columns))


@pytest.mark.parametrize("change_of", ["crouch", "stiff knee", "no push-off", "held ankle", "fast child", "lean"])
def test_other_people_are_accepted(tmp_path, change_of):
    """Patients, prosthesis walkers and children walk otherwise, and still from heel strike to heel strike."""
    columns = human("free")
    hip, knee, ankle = (f"{name}_deg" for name in NAMES)
    if change_of == "crouch":
        columns[hip], columns[knee] = columns[hip] + 20.0, 25.0 + 0.6 * columns[knee]
        columns[ankle] = columns[ankle] + 10.0
    elif change_of == "stiff knee":
        columns[knee] = 8.0 + 0.25 * columns[knee]
    elif change_of == "no push-off":
        columns[ankle] = np.maximum(columns[ankle], -2.0)
    elif change_of == "held ankle":
        columns[ankle] = np.full(100, 3.0)
    elif change_of == "fast child":
        columns[hip], columns[knee] = 1.2 * columns[hip], 5.0 + 1.1 * columns[knee]
    else:
        columns["trunk_pitch_deg"] = columns["trunk_pitch_deg"] + 15.0
    load_reference(write(tmp_path / "a.csv", columns))


def test_the_other_foot_first(tmp_path):
    rolled = change(template(tmp_path), lambda values: np.roll(values, 50))
    path = write(tmp_path / "rolled.csv", rolled)
    error = refusal(path)
    assert "the rows begin with the other foot" in error.found and error.remedy.startswith("cost.reference_shift=50 ")
    np.testing.assert_allclose(load_reference(path, paste(error)).kinematics, BUILTIN.kinematics, atol=1e-5)
    # Who says where the heel strike is has the last word.
    kept = load_reference(path, ReferenceEdits(shift=0.0)).kinematics
    np.testing.assert_allclose(kept, np.roll(BUILTIN.kinematics, 50, axis=0), atol=1e-5)


def test_exchanged_legs(tmp_path):
    columns = template(tmp_path)
    exchanged = {name: columns[re.sub("_([lr])_", lambda m: f"_{'lr'['rl'.index(m[1])]}_", name)] for name in columns}
    assert "cost.reference_shift=50" in refusal(write(tmp_path / "a.csv", exchanged)).remedy


@pytest.mark.parametrize("shift", [25, 40, 60, 75])
def test_a_stride_from_elsewhere(tmp_path, shift):
    path = write(tmp_path / "a.csv", change(human("free"), lambda values: np.roll(values, shift)))
    edits = paste(refusal(path))
    assert abs(edits.shift - shift) <= 3
    load_reference(path, edits)


@pytest.mark.parametrize("speed", HUMAN)
@pytest.mark.parametrize("turned", [("knee",), ("ankle",), ("hip",), ("knee", "ankle"), ("hip", "knee", "ankle")])
def test_opposite_signs(tmp_path, speed, turned):
    columns = human(speed)
    for word in turned:
        columns = change(columns, np.negative, word)
    path = write(tmp_path / "a.csv", columns)
    edits = paste(refusal(path))
    assert {name.partition("_")[0] for name, sign in edits.signs.items() if sign == -1.0} == set(turned)
    expected = load_reference(write(tmp_path / "right.csv", human(speed)))
    np.testing.assert_allclose(load_reference(path, edits).kinematics, expected.kinematics, atol=1e-9)


def test_sign_and_order_together(tmp_path):
    columns = change(change(human("free"), np.negative, "knee"), lambda values: np.roll(values, 50))
    edits = paste(refusal(write(tmp_path / "a.csv", columns)))
    assert (edits.shift, dict(edits.signs)) == (50.0, {"knee_flexion": -1.0})


def test_knee_that_is_180_when_straight(tmp_path):
    path = write(tmp_path / "a.csv", change(human("free"), lambda values: 180.0 - values, "knee"))
    edits = paste(refusal(path))
    assert edits.signs == {"knee_flexion": -1.0} and abs(edits.offsets["knee_flexion"] - 180.0) < 15.0
    load_reference(path, edits)


@pytest.mark.parametrize(
    ("name", "offset"), [("trunk_pitch", -30.0), ("hip_flexion", 45.0), ("ankle_dorsiflexion", 90.0)]
)
def test_a_foreign_zero(tmp_path, name, offset):
    path = write(tmp_path / "a.csv", change(human("free"), lambda values: values + offset, name))
    error = refusal(path)
    edits = paste(error)
    assert abs(edits.offsets[name] + offset) < 15.0
    load_reference(path, edits)
    if name == "trunk_pitch":
        load_reference(path, ReferenceEdits(offsets={name: 0.0}))


@pytest.mark.parametrize("count", [2, 3, 5])
def test_several_strides(tmp_path, monkeypatch, capsys, count):
    monkeypatch.chdir(tmp_path)
    columns = template(tmp_path)
    place = (np.arange(100) * count) % 100
    squeezed = {name: values if name == "phase_percent" else values[place] for name, values in columns.items()}
    write(tmp_path / "two.csv", squeezed)
    error = refusal("two.csv")
    assert f"holds about {count} strides" in error.found
    command, _, key = error.remedy.partition(" , then ")
    assert REFERENCE.main(shlex.split(command)[2:]) == 0
    assert "would refuse" not in capsys.readouterr().out
    cut = load_reference(key.removeprefix("cost.reference="))
    # Between the 100/count points of a stride lines are straight; the beginning is found to about a row.
    assert np.rad2deg(np.abs(cut.kinematics - BUILTIN.kinematics).mean()) < 0.6 * count


def recording(n, strides, start=0.0, noise=0.5, seed=0):
    """Columns of a walk of several strides, with time, that does not begin with a heel strike."""
    rng = np.random.default_rng(seed)
    phase = start + strides * np.arange(n) / n
    columns = {"time_s": 5.0 + 1.1 * strides * np.arange(n) / n}
    for name in ("trunk_pitch", *NAMES):
        sides = ("",) if name == "trunk_pitch" else ("_l", "_r")
        for side, lag in zip(sides, (0.0, 0.5), strict=False):
            signal = np.rad2deg(BUILTIN.signals[name].evaluate(phase + lag))
            columns[f"{name}{side}_deg"] = signal + noise * rng.standard_normal(n)
    return columns


def test_a_recording_is_cut(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "walk 1.csv", recording(700, 6.4, 0.3))
    command = shlex.split(refusal("walk 1.csv").remedy.partition(" , then ")[0])
    assert REFERENCE.main(command[2:]) == 0
    assert "stride 1 of 5" in capsys.readouterr().out
    cut = load_reference("walk 1_stride1.csv")
    assert np.rad2deg(np.abs(cut.kinematics - BUILTIN.kinematics).mean()) < 2.0
    with pytest.raises(UserError, match="holds 5 whole strides"):
        REFERENCE.main(["gait", "in=walk 1.csv", "out=b.csv", "stride=6"])


@pytest.mark.long
@settings(deadline=None, derandomize=True, database=None, max_examples=25)
@given(strides=st.floats(1.15, 8.0), start=st.floats(0.0, 1.0), rows=st.integers(40, 130), seed=st.integers(0, 99))
def test_strides_begin_at_heel_strikes(strides, start, rows, seed):
    columns = recording(int(rows * strides), strides, start, seed=seed)
    found = find_strides({(name, side): columns[f"{name}_{side}_deg"] for name in NAMES for side in "lr"})
    first = (1.0 - start) % 1.0
    whole = int(strides - first + 0.02)
    assert abs(len(found) - whole) <= 1
    for begin, end in found:
        lag = (begin / rows + start) % 1.0
        assert min(lag, 1.0 - lag) < 0.05
        assert abs(end - begin - rows) < 0.07 * rows


def test_legs_that_begin_with_their_own_heel_strike(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    columns = {name: np.roll(values, 50) if "_r_" in name else values for name, values in template(tmp_path).items()}
    write(tmp_path / "own.csv", columns)
    error = refusal("own.csv")
    assert "either leg begin with its own heel strike" in error.found
    command = re.search(r"myoassist reference (gait .*?) , then", error.remedy)[1]
    assert REFERENCE.main(shlex.split(command)) == 0
    np.testing.assert_allclose(load_reference("own_legs.csv").kinematics, BUILTIN.kinematics, atol=1e-5)


def test_no_walk(tmp_path):
    # The hip swings once, and knee and ankle shake.
    shaking = {f"{name}_deg": 10.0 + 10.0 * np.cos(2 * np.pi * 9 * PHASE) for name in NAMES[1:]}
    columns = {"trunk_pitch_deg": np.zeros(100), "hip_flexion_deg": 10.0 + 20.0 * np.cos(2 * np.pi * PHASE)} | shaking
    columns["hip_flexion_deg"] += 25.0 * np.cos(2 * np.pi * 7 * PHASE)
    error = refusal(write(tmp_path / "a.csv", columns))
    assert "unlike walking" in error.found and "cost.reference_shift=0" in error.remedy
    load_reference(str(tmp_path / "a.csv"), ReferenceEdits(shift=0.0))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({name: np.full(100, 3.0) for name in human("free")}, "the hip does not move"),
        (
            human("free") | {"knee_flexion_deg": np.deg2rad(human("free")["knee_flexion_deg"])},
            "column knee_flexion_rad",
        ),
        (
            human("very_slow") | {"ankle_dorsiflexion_deg": np.deg2rad(human("very_slow")["ankle_dorsiflexion_deg"])},
            "column ankle_dorsiflexion_rad",
        ),
    ],
)
def test_no_motion_and_mixed_units(tmp_path, columns, words):
    text = str(refusal(write(tmp_path / "a.csv", columns)))
    assert words in text and "nan" not in text


@pytest.mark.parametrize(("separator", "comma"), [(";", ","), (";", "."), ("\t", ","), ("\t", ".")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_spreadsheets(tmp_path, separator, comma, encoding):
    columns = human("free")
    expected = load_reference(write(tmp_path / "plain.csv", columns))
    written = {name.upper().replace("_DEG", "_Deg"): values for name, values in columns.items()}
    path = Path(write(tmp_path / "excel.csv", written, separator, comma))
    text = "\n".join(line + separator * 2 for line in path.read_text().splitlines())
    if separator == ";":
        text = "sep=;\n" + text
    path.write_bytes(text.encode(encoding))
    np.testing.assert_allclose(load_reference(str(path)).kinematics, expected.kinematics)


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("time", "time_s"),
        ("Zeit [s]", "time_s"),
        ("Temps (s)", "time_s"),
        ("Hüftwinkel", "hip_flexion_deg"),
        ("Hueftflexion links (Grad)", "hip_flexion_l_deg"),
        ("Knie rechts", "knee_flexion_r_deg"),
        ("Sprunggelenk", "ankle_dorsiflexion_deg"),
        ("Hanche gauche (°)", "hip_flexion_l_deg"),
        ("Genou", "knee_flexion_deg"),
        ("Cheville droite", "ankle_dorsiflexion_r_deg"),
        ("Rumpfneigung", "trunk_pitch_deg"),
        ("Left Knee Angle (rad)", "knee_flexion_l_rad"),
        ("% Gait Cycle", "phase_percent"),
        ("Hip_Flexion", "hip_flexion_deg"),
    ],
)
def test_foreign_headers(tmp_path, name, guess):
    error = refusal(write(tmp_path / "a.csv", {name: PHASE, **human("free")}))
    assert f"unknown column {name!r}" in error.found
    assert guess in error.remedy


def test_all_foreign_headers_at_once(tmp_path):
    german = dict(zip(("Rumpf", "Hüfte", "Knie", "OSG"), human("free").values(), strict=True))
    path = tmp_path / "a.csv"
    path.write_text("")
    Path(write(path, {"Zeit": 1.1 * PHASE, "Probe": PHASE, **german}, ";", ",")).write_bytes(
        path.read_text().encode("cp1252")
    )
    error = refusal(str(path))
    for pair in ("'Zeit' to time_s", "'Hüfte' to hip_flexion_deg", "'Knie' to knee_flexion_deg", "leave 'Probe' out"):
        assert pair in error.remedy
    renamed = path.read_bytes().decode("cp1252")
    for name, ours in re.findall(r"'(\w+)' to (\w+)", error.remedy):
        renamed = renamed.replace(name, ours)
    lines = [";".join(cell for i, cell in enumerate(line.split(";")) if i != 1) for line in renamed.splitlines()]
    path.write_text("\n".join(lines))
    load_reference(str(path))


@pytest.mark.parametrize("kind", [".mot", ".sto", ".STO"])
@pytest.mark.parametrize("paths", [False, True])
@pytest.mark.parametrize("knee", [1.0, -1.0])
def test_opensim_tables(tmp_path, kind, paths, knee):
    columns = change(human("free"), lambda values: np.append(values, values[0]))
    coordinates = {"time": np.linspace(0.5, 1.6, 101), "pelvis_tilt": -columns["trunk_pitch_deg"]}
    coordinates |= {"hip_flexion_l": columns["hip_flexion_deg"], "knee_angle_l": knee * columns["knee_flexion_deg"]}
    coordinates |= {"ankle_angle_l": columns["ankle_dorsiflexion_deg"]}
    if paths:
        coordinates = {
            name if name == "time" else f"/jointset/{name}_joint/{name}/value": values
            for name, values in coordinates.items()
        } | {"/jointset/a/hip_flexion_l/speed": np.zeros(101), "/forceset/soleus_l/activation": np.ones(101)}
    lines = ["states", "version=1", "inDegrees=yes", "endheader", "\t".join(coordinates)]
    lines += ["\t".join(f"{value:.9f}" for value in row) for row in zip(*coordinates.values(), strict=True)]
    (tmp_path / f"ik{kind}").write_text("\n".join(lines))
    expected = load_reference(write(tmp_path / "plain.csv", human("free")))
    np.testing.assert_allclose(load_reference(str(tmp_path / f"ik{kind}")).kinematics, expected.kinematics, atol=1e-6)


def test_a_sheet_is_told_how_to_become_a_table(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    assert "save the sheet as CSV" in refusal(str(tmp_path / "a.xlsx")).remedy


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reference_shift": 50.0}, "reference_shift=50 without cost.reference"),
        ({"reference": "g.csv", "reference_signs": {"knee_flexion": 0.5}}, "reference_signs.knee_flexion=0.5"),
        ({"reference": "g.csv", "reference_signs": {"knee_flexion": float("nan")}}, "reference_signs.knee_flexion=nan"),
        ({"reference": "g.csv", "reference_signs": {"knee": -1.0}}, "there is no angle knee"),
        (
            {"reference": "g.csv", "reference_offsets": {"hip_flexion": float("inf")}},
            "reference_offsets.hip_flexion=inf",
        ),
        ({"reference": "g.csv", "reference_offsets": {"hip_flexion": 400.0}}, "reference_offsets.hip_flexion=400"),
    ],
)
def test_edits_are_checked(changes, words):
    with pytest.raises(ConfigError, match=re.escape(words)):
        check_terms(CostConfig(**changes))
