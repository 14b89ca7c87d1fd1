"""Reading a run folder while a run writes it."""

import json

import numpy as np
import pytest

from myoassist.watch.run_files import GENERATIONS_NAME, POOL_NAME, read_convergence, read_run

HEAD = "generation,evaluations,best,median,worst,sigma,best_so_far,best_so_far_generation,best_part_gait\n"


def write_best(folder, total, raw=(0.5, 1.0), generation=3):
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "generation": generation,
        "total": total,
        "stage": "3",
        "parts": {"gait": total},
        "terms": {"Velocity": 1.2},
        "parameters": [{"name": f"p{i}", "raw": value} for i, value in enumerate(raw)],
    }
    (folder / "best_parameters.json").write_text(json.dumps(content))


def write_status(folder, **fields):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "status.json").write_text(json.dumps({"status": "running", **fields}))


def row(generation, best):
    return f"{generation},{10 * generation},{best},50.0,90.0,0.1,{best},{generation},1.0\n"


def test_a_folder_with_nothing_in_it_has_no_best(tmp_path):
    state = read_run(tmp_path)
    assert state.best is None
    assert state.status == {"status": "unknown"}
    assert len(state.convergence) == 0
    assert state.members == ()


def test_a_best_is_new_when_its_vector_is(tmp_path):
    write_status(tmp_path, generation=3)
    write_best(tmp_path, 12.0)
    first = read_run(tmp_path).best
    assert (first.total, first.stage, first.generation) == (12.0, "3", 3)
    assert first.folder == tmp_path
    write_best(tmp_path, 12.0, generation=4)
    assert read_run(tmp_path).best.digest == first.digest
    write_best(tmp_path, 11.0, raw=(0.5, 1.0 + 1e-15))
    assert read_run(tmp_path).best.digest != first.digest


@pytest.mark.parametrize(
    "text", ["", "{", '{"parameters": []}', '{"parameters": [{"name": "a"}]}', '{"parameters": [{"raw": "x"}]}', "[1]"]
)
def test_half_a_best_is_none(tmp_path, text):
    (tmp_path / "best_parameters.json").write_text(text)
    assert read_run(tmp_path).best is None


def test_a_best_of_which_every_walk_failed_has_no_total(tmp_path):
    write_best(tmp_path, None)
    assert read_run(tmp_path).best.total is None


def test_half_a_status_is_no_status(tmp_path):
    (tmp_path / "status.json").write_text('{"status": "run')
    assert read_run(tmp_path).status == {"status": "unknown"}


def test_the_last_line_counts_once_it_is_complete(tmp_path):
    file = tmp_path / GENERATIONS_NAME
    complete = HEAD + row(1, 30.0) + row(2, 20.0)
    third = row(3, 15.0)
    for cut in range(len(third)):
        file.write_text(complete + third[:cut])
        assert read_convergence(tmp_path).generation == pytest.approx([1.0, 2.0])
    file.write_text(complete + third)
    convergence = read_convergence(tmp_path)
    assert convergence.best_so_far == pytest.approx([30.0, 20.0, 15.0])
    assert convergence.evaluations == pytest.approx([10.0, 20.0, 30.0])


def test_rows_that_are_no_numbers_are_left_out(tmp_path):
    (tmp_path / GENERATIONS_NAME).write_text(HEAD + row(1, 30.0) + "2,oops\n\x00\n" + row(3, "inf"))
    convergence = read_convergence(tmp_path)
    assert convergence.generation == pytest.approx([1.0, 3.0])
    assert np.isinf(convergence.best[1])


def test_a_table_being_widened_is_read_by_its_names(tmp_path):
    (tmp_path / GENERATIONS_NAME).write_text(
        "generation,evaluations,best,median,new,best_so_far\n1,10,5.0,6.0,,5.0\n2,20,4.0,6.0,1.5,4.0\n"
    )
    assert read_convergence(tmp_path).best_so_far == pytest.approx([5.0, 4.0])


def test_a_pool_is_ahead_of_its_folder(tmp_path):
    write_status(tmp_path, rung="1/3")
    write_best(tmp_path, 18.0)
    for number, best in enumerate((18.0, 14.0, None)):
        place = tmp_path / f"member_{number:02d}"
        write_status(place, generation=5, evaluations=50, best=best, stage="1/1 search")
        if best is not None:
            write_best(place, best)
            (place / GENERATIONS_NAME).write_text(HEAD + row(1, best))
    (tmp_path / POOL_NAME).write_text(
        "rung,member,folder,seed,evaluations,search_stage,stage,best,kept\n"
        "1,0,member_00,1,50,1/1 search,3,18.0,0\n1,1,member_01,2,50,1/1 search,3,14.0,1\n"
    )
    state = read_run(tmp_path)
    assert state.best.folder.name == "member_01"
    assert state.convergence.best_so_far == pytest.approx([14.0])
    assert [item.kept for item in state.members] == [False, True, None]
    assert [item.best for item in state.members] == [18.0, 14.0, None]


def test_a_later_stage_of_the_search_leads(tmp_path):
    for name, stage, best in (("member_00", "1/2 walk", 3.0), ("member_01", "2/2 energy", 9.0)):
        write_status(tmp_path / name, best=best, stage=stage)
        write_best(tmp_path / name, best)
    assert read_run(tmp_path).best.folder.name == "member_01"


def test_a_pool_without_any_best_waits(tmp_path):
    write_status(tmp_path / "member_00")
    state = read_run(tmp_path)
    assert state.best is None
    assert [item.name for item in state.members] == ["member_00"]
