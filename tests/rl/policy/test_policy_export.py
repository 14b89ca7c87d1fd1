"""The ONNX file of a network, decoded here from the bytes of the format."""

import json
from pathlib import Path

import numpy as np
import pytest

from myoassist.commands.export import COMMAND as EXPORT
from myoassist.files.errors import ConfigError, UnsafeFileError
from myoassist.rl.policy.file import dump_model
from tests.rl.pendulum_training import make_pendulum

# Field numbers of onnx.proto.
MODEL = {7: "graph", 8: "opset", 14: "metadata", 1: "ir_version", 2: "producer"}
GRAPH = {1: "node", 5: "initializer", 11: "input", 12: "output", 2: "name"}


def fields(data):
    """Yield (number, value) of a protocol buffer message; a value is an int or bytes."""
    place = 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        else:
            assert tag & 7 == 2
            size = varint()
            yield tag >> 3, data[place : place + size]
            place += size


def group(data):
    found = {}
    for number, value in fields(data):
        found.setdefault(number, []).append(value)
    return found


def tensor(data):
    parts = group(data)
    kind = {1: "<f4", 7: "<i8"}[parts[2][0]]
    return parts[8][0].decode(), np.frombuffer(parts[9][0], kind).reshape(parts[1])


def run_model(data, observation):
    """Evaluate the graph with NumPy."""
    model = group(data)
    assert group(model[8][0])[2] == [17]
    graph = group(model[7][0])
    values = dict(tensor(item) for item in graph[5]) | {"observation": observation}
    for node in map(group, graph[1]):
        reads = [values[name.decode()] for name in node[1]]
        attributes = {group(item)[1][0].decode(): group(item)[3][0] for item in node.get(5, [])}
        kind = node[4][0].decode()
        if kind == "Gather":
            assert attributes == {"axis": 1}
            result = reads[0][:, reads[1]]
        elif kind == "Gemm":
            assert attributes == {"transB": 1}
            result = reads[0] @ reads[1].T + reads[2]
        else:
            assert kind == "Tanh"
            result = np.tanh(reads[0])
        values[node[2][0].decode()] = result
    assert group(graph[12][0])[1] == [b"action"]
    return values["action"]


@pytest.fixture(scope="module")
def algorithm():
    return make_pendulum(seed=3)


@pytest.fixture
def file(algorithm, tmp_path):
    path = tmp_path / "model.zip"
    path.write_bytes(dump_model(algorithm, {}))
    return path


def test_the_exported_network_acts_like_the_policy(algorithm, file, tmp_path, capsys):
    assert EXPORT.main([f"policy={file}", "--out", str(tmp_path / "out")]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [path.name for path in paths] == ["exo_actor.onnx", "exo_actor.json"]
    observation = np.random.default_rng(1).normal(size=(20, 4)).astype(np.float32)
    action = run_model(paths[0].read_bytes(), observation)
    wanted, _ = algorithm.predict(observation, deterministic=True)
    assert action.shape == (20, 1) and np.abs(action - wanted).max() < 1e-6
    about = json.loads(paths[1].read_text())
    assert about["action_names"] == ["slide"] and about["reads"][0] == "qpos/slider"


def test_mistakes_are_named(file, tmp_path):
    with pytest.raises(ConfigError, match="--too=x"):
        EXPORT.main([f"policy={file}", "--too=x"])
    with pytest.raises(ConfigError, match="does not exist"):
        EXPORT.main([f"policy={tmp_path / 'missing'}"])
    (tmp_path / "other.zip").write_bytes(b"x")
    with pytest.raises(UnsafeFileError):
        EXPORT.main([f"policy={tmp_path / 'other.zip'}"])
