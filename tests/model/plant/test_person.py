"""The human body walks as people do: what its muscles need for measured moments, and what EMG makes them do.

Figures are those of `docs/body.md`, which `scripts/dev/body/person_cost.py` writes.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import person_cost
import pytest
from emg_driven import activate, needed_excitation
from person_leg import SPEEDS, build_leg, make_way

PAGE = Path(__file__).parents[3] / "docs" / "body.md"
RESERVE, HIGH = 0.05, 0.9


def solve_all(musculature):
    leg = build_leg(musculature)
    return leg, {name: person_cost.solve(leg, make_way(leg, name)) for name in SPEEDS}


@pytest.fixture(scope="module")
def planar():
    return solve_all(22)


@pytest.fixture(scope="module")
def trial(planar):
    return person_cost.drive_by_emg(*planar, "synergists")


def documented(name):
    """Return the numbers of a table of the page, by the first cell of their line; several of a cell one by one."""
    lines = PAGE.read_text(encoding="utf-8").split(f"<!-- person {name} -->\n")[1].split("<!-- end")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[1:] for row in rows[2:]}


def numbers(cell):
    return [float(part.split()[0].rstrip("%)")) for part in cell.replace("(", ",").split(",")]


def check_page(musculature, leg, solutions):
    effort = documented(f"effort {musculature}")
    agreement, largest = documented(f"emg {musculature}"), documented(f"largest {musculature}")
    assert len(effort) == len(solutions) == 3
    for column, (found, line) in enumerate(zip(solutions.values(), effort.values(), strict=True)):
        costs = [found.cost("umberger_060"), found.cost("bhargava_060")]
        np.testing.assert_allclose(costs, numbers(line[2]), atol=0.03)
        np.testing.assert_allclose(100.0 * found.reserve_share, numbers(line[0]), atol=0.5)
        for electrode, r in person_cost.emg_agreement(leg, found).items():
            assert r == pytest.approx(float(agreement[electrode.replace("_", " ")][column]), abs=0.03)
        for muscle, top in zip(leg.names, found.activation.max(axis=0), strict=True):
            assert top == pytest.approx(float(largest[muscle][column]), abs=0.03)


def test_muscles_give_the_measured_moments_at_three_speeds(planar):
    _, solutions = planar
    for found in solutions.values():
        assert found.reserve_share.max() <= RESERVE
        for ours, people in zip(found.moment.T, found.way.moment.T, strict=True):
            assert np.corrcoef(ours, people)[0, 1] > 0.999


def test_no_muscle_is_fully_active(planar):
    _, solutions = planar
    for found in solutions.values():
        assert found.activation.max() < HIGH


def test_the_page_has_the_figures_of_22_muscles(planar):
    check_page(22, *planar)


def test_calves_let_go_too_slowly_in_swing_and_push_off_is_as_in_people(planar):
    leg, solutions = planar
    quick = replace(leg, dynamics=leg.dynamics * (1.0, 0.5, 1.0))
    better = person_cost.solve(quick, solutions["fast"].way)
    found = [(one.followed - one.way.moment)[:, 2] for one in (solutions["fast"], better)]
    percent = np.linspace(0.0, 100.0, 51)
    assert 62 <= percent[np.abs(found[0]).argmax()] <= 80
    assert found[0].min() == pytest.approx(-24.0, abs=2.0)
    assert found[1].min() == pytest.approx(-9.5, abs=2.0)
    assert np.abs(found[0][(percent >= 20) & (percent <= 54)]).max() < 2.0


def test_passive_extensors_were_what_the_flexors_worked_against():
    leg = build_leg(22, "human_2")
    fast = person_cost.solve(leg, make_way(leg, "fast"))
    high = set(np.array(leg.names)[fast.activation.max(axis=0) > 0.95])
    assert high == {"hamstrings", "bifemsh"}


def test_emg_with_scales_of_free_speed_gives_the_documented_moments(trial):
    lines = documented("driven 22")
    assert trial.at_one["ankle"].peak[0] > 2.0 * trial.at_one["ankle"].peak[1]
    cells = iter(lines["synergists, body's, 0 ms"])
    for agreement in trial.agreement.values():
        for joint in ("ankle", "knee"):
            r, rms, *_ = numbers(next(cells))
            assert agreement[joint].r == pytest.approx(r, abs=0.03)
            assert 100.0 * agreement[joint].rms == pytest.approx(rms, abs=3.0)
    for speed in ("slow", "fast"):
        ours, people = trial.agreement[speed]["ankle"].time
        assert 4.0 <= people - ours <= 10.0


def test_the_ankle_is_early_for_want_of_delay_and_not_of_slow_deactivation(planar, trial):
    slow = person_cost.drive_by_emg(*planar, "synergists", deactivation=0.12)
    late = person_cost.drive_by_emg(*planar, "synergists", delay=0.08)
    for speed in ("slow", "fast"):
        before, braked, delayed = (one.agreement[speed]["ankle"] for one in (trial, slow, late))
        assert abs(braked.time[0] - before.time[0]) <= 2.0
        assert delayed.r > before.r + 0.05
        assert delayed.time[0] > before.time[0]


def test_the_needed_excitation_undoes_activation_dynamics(planar):
    leg, solutions = planar
    way = solutions["free"].way
    excitation = 0.4 + 0.2 * np.sin(2.0 * np.pi * way.times / way.stride)
    activation = np.interp(way.phase, way.times, activate(excitation, leg.dynamics[0]), period=way.stride)
    needed = needed_excitation(way, activation, leg.dynamics[0])
    np.testing.assert_allclose(needed, np.interp(way.phase, way.times, excitation, period=way.stride), atol=0.02)


def test_the_program_writes_its_tables(tmp_path, monkeypatch, capsys):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- person emg 22 -->\nold\n<!-- end person emg 22 -->\nafter\n")
    picture = tmp_path / "person.png"
    words = ["--musculature", "22", "--speeds", "free", "--others", "none", "--muscles"]
    monkeypatch.setattr(sys, "argv", ["person_cost.py", *words, "--docs", str(page), "--picture", str(picture)])
    person_cost.main()
    text = page.read_text()
    assert text.startswith("before\n<!-- person emg 22 -->\n| electrode | free |\n")
    assert text.endswith("|\n<!-- end person emg 22 -->\nafter\n")
    assert "old" not in text
    assert picture.stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert "has no place for it: <!-- person effort 22 -->" in printed
    assert "free: 1.28 m/s, muscles of both legs 10.97 kg of 78.1" in printed


def test_a_muscle_that_is_not_there_is_refused(monkeypatch):
    words = ["--musculature", "22", "--speeds", "free", "--others", "--slack"]
    for change, answer in (("vastus=5", "no muscle vastus; there are hamstrings"), ("vasti=a", "no length in vasti=a")):
        monkeypatch.setattr(sys, "argv", ["person_cost.py", *words, change])
        with pytest.raises(SystemExit, match=answer):
            person_cost.main()


def test_80_muscles_give_the_measured_moments_with_activation_left():
    leg, solutions = solve_all(80)
    for found in solutions.values():
        assert found.reserve_share.max() <= RESERVE
        assert found.activation.max() <= HIGH
    check_page(80, leg, solutions)
