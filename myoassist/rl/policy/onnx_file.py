"""Write networks as ONNX files, for controllers that have neither PyTorch nor this project.

The format is a protocol buffer; of its messages only those that a chain of matrix products and tanh needs are written.
"""

import struct
from collections.abc import Sequence

import numpy as np

from myoassist.rl.policy.plain import Layers

OPSET = 17
_IR_VERSION = 8
_FLOAT, _INT64 = 1, 7


def encode_network(
    layers: Layers,
    n_observations: int,
    inputs: np.ndarray,
    order: np.ndarray,
    metadata: dict[str, str],
) -> bytes:
    """Return an ONNX model: observation of shape (n, n_observations) to action of shape (n, len(order)).

    Args:
        layers: Weights (out, in) and biases (out,), first to last; a tanh follows each.
        n_observations: Size of the observation.
        inputs: Entries of it that the network reads, shape (in,).
        order: Output of the network for each action, shape (k,).
        metadata: Text by key, such as names and units.
    """
    nodes = [_node("Gather", ["observation", "inputs"], "layer_0", [_attribute_int("axis", 1)])]
    tensors = [_tensor("inputs", inputs), _tensor("order", order)]
    for place, (weight, bias) in enumerate(layers):
        tensors += [_tensor(f"weight_{place}", weight), _tensor(f"bias_{place}", bias)]
        source, target = f"layer_{place}", f"layer_{place + 1}"
        reads = [source, f"weight_{place}", f"bias_{place}"]
        nodes.append(_node("Gemm", reads, f"sum_{place}", [_attribute_int("transB", 1)]))
        nodes.append(_node("Tanh", [f"sum_{place}"], target, []))
    nodes.append(_node("Gather", [f"layer_{len(layers)}", "order"], "action", [_attribute_int("axis", 1)]))
    graph = b"".join(
        [
            *(_bytes(1, node) for node in nodes),
            _text(2, "policy"),
            *(_bytes(5, tensor) for tensor in tensors),
            _bytes(11, _value("observation", n_observations)),
            _bytes(12, _value("action", len(order))),
        ]
    )
    notes = (_text(1, key) + _text(2, value) for key, value in metadata.items())
    return b"".join(
        [
            _number(1, _IR_VERSION),
            _text(2, "myoassist"),
            _bytes(7, graph),
            _bytes(8, _text(1, "") + _number(2, OPSET)),
            *(_bytes(14, note) for note in notes),
        ]
    )


def _node(kind: str, inputs: Sequence[str], output: str, attributes: Sequence[bytes]) -> bytes:
    parts = [*(_text(1, name) for name in inputs), _text(2, output), _text(3, output), _text(4, kind)]
    return b"".join([*parts, *(_bytes(5, item) for item in attributes)])


def _attribute_int(name: str, value: int) -> bytes:
    return _text(1, name) + _number(3, value) + _number(20, 2)


def _tensor(name: str, values: np.ndarray) -> bytes:
    whole = np.issubdtype(values.dtype, np.integer)
    data = values.astype("<i8" if whole else "<f4").tobytes()
    sizes = b"".join(_number(1, size) for size in values.shape)
    return sizes + _number(2, _INT64 if whole else _FLOAT) + _text(8, name) + _bytes(9, data)


def _value(name: str, width: int) -> bytes:
    """Describe an input or output of shape (n, width)."""
    shape = _bytes(1, _text(2, "n")) + _bytes(1, _number(1, width))
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, shape)))


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return struct.pack(f"{len(parts) + 1}B", *parts, value)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
