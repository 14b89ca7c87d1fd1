"""A packed result walks again as it did, and whatever differs is told."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from myoassist.analysis.proof.record import BLOCK, dump_proof, load_proof
from myoassist.analysis.proof.verdict import BITS, GAIT, OTHER, compare_proofs
from myoassist.analysis.proof.walked import find_run, find_shipped, make_pack, unpack, walk_result
from myoassist.cli import main
from myoassist.config.sources.shipped import list_controllers, list_policies
from myoassist.files.errors import UserError
from myoassist.model.load_mujoco import load_mujoco
from myoassist.runs.pack import PACK_NAME, read_pack, write_pack


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """A shipped walk in a file, with its evaluation."""
    load_mujoco()
    file = tmp_path_factory.mktemp("packs") / "person.walk"
    pack, evaluation = make_pack(find_shipped("human_125"))
    write_pack(file, pack)
    return file, pack, evaluation


def proof_of(pack):
    return load_proof(pack.proof, "it")


def test_the_commands_pack_and_verify(packed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["pack", "shipped:human_125"]) == 0
    file = next((tmp_path / "logs").glob("*/shipped_human_125/human_125.walk"))
    assert file.read_bytes() == packed[0].read_bytes() and list(tmp_path.iterdir()) == [tmp_path / "logs"]
    assert main(["verify", str(file), "exact=true"]) == 0
    said = capsys.readouterr().out
    assert "human_125.walk: bit for bit" in said and proof_of(packed[1]).digest in said


def test_a_changed_gain_is_another_walk(packed, tmp_path, capsys):
    _, pack, _ = packed
    content = json.loads(pack.result)
    activity = next(item for item in content["parameters"] if item["name"] == "activity_SOL")
    activity["raw"] *= 0.8
    activity["value"] *= 0.8
    file = tmp_path / "weaker.walk"
    write_pack(file, replace(pack, result=json.dumps(content).encode()))
    assert main(["verify", str(file)]) == 1
    said = capsys.readouterr().out
    assert "another gait" in said and "first differs within" in said and "beyond what one gait differs by" in said


def test_the_smallest_change_is_seen_where_it_is(packed):
    _, _, evaluation = packed
    from myoassist.analysis.proof.record import prove_walk

    old, step = prove_walk(evaluation.log), 777
    flat = evaluation.log.flat.copy()
    column = evaluation.log.layout.offsets["activation"]
    flat[step, column] = np.nextafter(flat[step, column], 2.0)
    new = prove_walk(replace(evaluation.log, flat=flat))
    verdict = compare_proofs(old, new)
    assert verdict.kind == GAIT
    first = np.flatnonzero(old.chain != new.chain)
    assert first[0] == step // BLOCK and len(first) == len(old.chain) - first[0]
    assert f"from {step // BLOCK * BLOCK * old.dt:g} s on" in verdict.lines[0]
    assert compare_proofs(old, load_proof(dump_proof(old), "it")).kind == BITS


def test_an_uneven_walk_is_known_again_by_how_its_strides_vary():
    from myoassist.analysis.proof.record import prove_walk

    # human_125, which is packed above, repeats itself from stride to stride.
    new = prove_walk(walk_result(find_shipped("human_125_v3")).log)
    spread = new.spread
    assert spread.curves[:3].min() > 0.05 and spread.curves[:3].max() < 3.0 and 0.0 < spread.stride_time < 0.05
    old = replace(new, chain=new.chain + np.uint64(1), curves=new.curves + np.array([0.0, 2.0, 0, 0])[:, None, None])
    assert compare_proofs(old, new).kind == OTHER
    uneven = replace(new, spread=replace(spread, curves=spread.curves + 2.0))
    verdict = compare_proofs(old, uneven)
    assert verdict.kind == GAIT and f"knee 2 deg ({uneven.spread.curves[1]:.2g})" in verdict.lines[1]
    # One that was read does not know it.
    assert load_proof(dump_proof(uneven), "it").spread is None


def test_a_shorter_walk_and_another_body_are_another_gait(packed):
    old = proof_of(packed[1])
    shorter = replace(old, steps=BLOCK * 50, chain=old.chain[:50], outcome="FELL")
    verdict = compare_proofs(old, shorter)
    assert verdict.kind == OTHER and "the same for 5 s" in verdict.lines[0]
    other = replace(old, columns=(*old.columns[:-1], "muscle_force (26,)"))
    assert compare_proofs(old, other).kind == OTHER


def test_what_is_in_a_pack(packed, tmp_path):
    file, pack, evaluation = packed
    again = read_pack(file)
    assert again == pack
    with zipfile.ZipFile(file) as archive:
        head = json.loads(archive.read(PACK_NAME))
    assert head["config"]["optimizer"]["param_path"] is None
    assert "mujoco" in head["versions"]["packages"]
    assert again.score["overall_sd"] == evaluation.score.content["overall_sd"]
    assert again.score["robustness"]["survived"]["noise_3_percent"] is not None
    with unpack(again) as result:
        assert result.file.read_bytes() == find_shipped("human_125").file.read_bytes()
    text = json.dumps(head)
    assert str(tmp_path.parent) not in text and "/home" not in text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no packed result"), (b"PK\x05\x06" + 18 * b"\0", "no packed result"), (b"text", "no packed result")],
)
def test_files_that_are_none_are_refused(content, words, tmp_path):
    file = tmp_path / "bad.walk"
    file.write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_pack(file)


def test_damage_of_every_part_is_told(packed, tmp_path):
    data = packed[0].read_bytes()
    rng = np.random.default_rng(0)
    file = tmp_path / "damaged.walk"
    for _ in range(40):
        place = int(rng.integers(len(data)))
        file.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            read_pack(file)
        except UserError as error:
            assert error.found and error.expected
    for end in (100, len(data) // 2, len(data) - 30):
        file.write_bytes(data[:end])
        with pytest.raises(UserError, match="no packed result"):
            read_pack(file)


def test_a_newer_format_is_named(packed, tmp_path):
    file = tmp_path / "newer.walk"
    with zipfile.ZipFile(packed[0]) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b'"format": 1', b'"format": 9') if name == PACK_NAME else content)
    with pytest.raises(UserError, match="format 9"):
        read_pack(file)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify"], "no file is given"),
        (["verify", "nowhere.walk"], "does not exist"),
        (["verify", "shipped:human_12"], "to fix:   shipped:human_125"),
        (["pack", "shipped:human_125", "--out", "here.zip"], "here.walk"),
        (["pack", "nowhere"], "does not exist"),
    ],
)
def test_refusals_name_what_helps(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.long
def test_a_run_is_packed_from_its_folder_and_verified_elsewhere(tmp_path):
    command = [sys.executable, "-m", "myoassist"]
    search = ["train", "exp=baseline", "env.sim_time=2", "optimizer.popsize=2", "optimizer.maxiter=1", "expname=small"]
    subprocess.run([*command, *search], cwd=tmp_path, check=True, capture_output=True)
    run = next((tmp_path / "logs").glob("*/small"))
    subprocess.run([*command, "pack", str(run)], cwd=tmp_path, check=True, capture_output=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (run / "small.walk").rename(elsewhere / "small.walk")
    (tmp_path / "logs").rename(tmp_path / "gone")
    done = subprocess.run([*command, "verify", "small.walk"], cwd=elsewhere, capture_output=True, text=True)
    assert "small.walk: bit for bit" in done.stdout, done.stderr
    assert find_run(tmp_path / "gone" / run.parent.name / "small").origin["exp"] == "baseline"


@pytest.mark.long
@pytest.mark.parametrize("name", [*(item.name for item in list_controllers()), *list_policies()])
def test_every_shipped_result_is_what_it_was(name, capsys):
    # On another processor the last bits may differ, the gait may not.
    assert main(["verify", f"shipped:{name}"]) == 0
    said = capsys.readouterr().out
    assert BITS in said or GAIT in said
