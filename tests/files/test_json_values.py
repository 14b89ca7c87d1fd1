import json
import math

import numpy as np

from myoassist.files.json_values import to_json


def test_numpy_and_what_json_lacks():
    value = {
        "a": np.array([1.0, np.nan]),
        2: (np.int64(3), math.inf),
        "c": {"d": np.float32(0.5), "e": True},
        "f": None,
    }
    assert to_json(value) == {"a": [1.0, None], "2": [3, None], "c": {"d": 0.5, "e": True}, "f": None}
    json.dumps(to_json(value), allow_nan=False)


def test_numbers_keep_every_digit():
    value = 0.1 + 0.2
    assert json.loads(json.dumps(to_json([value, np.float64(value)]))) == [value, value]
