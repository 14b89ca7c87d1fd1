import pytest
from analytic_problem import StagedSphere, history_bytes, open_folder, small_config, small_table

from myoassist.files.checkpoint import (
    CHECKPOINT_NAME,
    PREVIOUS_NAME,
    Checkpoint,
    DamagedCheckpointError,
    load_newest,
    read_checkpoint,
    write_checkpoint,
)
from myoassist.files.errors import ResumeError
from myoassist.optimize.loop.minimize import minimize


def run(path, maxiter):
    return minimize(StagedSphere(small_table()), small_config(maxiter), open_folder(path), plot=False)


def damage(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_round_trip_and_previous(tmp_path):
    for i in range(3):
        write_checkpoint(tmp_path, Checkpoint({"generation": i, "x": 0.1 + 0.2}, b"state\n%d" % i))
    newest, previous = read_checkpoint(tmp_path / CHECKPOINT_NAME), read_checkpoint(tmp_path / PREVIOUS_NAME)
    assert (newest.header, newest.state) == ({"generation": 2, "x": 0.1 + 0.2}, b"state\n2")
    assert previous.header["generation"] == 1
    assert load_newest(tmp_path) == newest


@pytest.mark.parametrize("change", ["truncate", "flip", "empty", "other"])
def test_damage_is_noticed(tmp_path, change):
    write_checkpoint(tmp_path, Checkpoint({"generation": 1}, b"s" * 1000))
    path = tmp_path / CHECKPOINT_NAME
    data = path.read_bytes()
    flipped = data[:500] + b"?" + data[501:]
    path.write_bytes({"truncate": data[:-1], "flip": flipped, "empty": b"", "other": b"PK" * 300}[change])
    with pytest.raises(DamagedCheckpointError):
        read_checkpoint(path)


def test_nothing_there(tmp_path):
    assert load_newest(tmp_path) is None


def test_kill_between_the_two_renames_leaves_the_previous(tmp_path):
    run(tmp_path / "a", 9)
    run(tmp_path / "b", 5)
    (tmp_path / "b" / CHECKPOINT_NAME).rename(tmp_path / "b" / PREVIOUS_NAME)
    run(tmp_path / "b", 9)
    assert history_bytes(tmp_path / "a") == history_bytes(tmp_path / "b")


def test_damaged_newest_falls_back_and_is_named(tmp_path):
    run(tmp_path / "a", 9)
    run(tmp_path / "b", 5)
    damage(tmp_path / "b" / CHECKPOINT_NAME)
    with pytest.warns(UserWarning, match=r"checkpoint.bin is damaged \(its checksum is wrong\)"):
        run(tmp_path / "b", 9)
    assert history_bytes(tmp_path / "a") == history_bytes(tmp_path / "b")
    assert (tmp_path / "b" / "checkpoint.damaged.bin").exists()


def test_both_damaged_is_an_error_and_changes_nothing(tmp_path):
    run(tmp_path, 3)
    damage(tmp_path / CHECKPOINT_NAME)
    damage(tmp_path / PREVIOUS_NAME)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(ResumeError, match=r"checkpoint.bin is damaged(.|\n)*checkpoint.previous.bin is damaged"):
        run(tmp_path, 5)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
