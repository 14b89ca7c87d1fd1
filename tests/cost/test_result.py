import math

import pytest

from myoassist.cost.result import sum_parts


def test_total_is_the_sum_of_the_parts():
    assert sum_parts({"stage": 10000.0, "effort": 0.1, "l1": 0.2}) == math.fsum([10000.0, 0.1, 0.2])


@pytest.mark.skipif(sum([1e16, 1.0, -1e16]) == 1.0, reason="from 3.12 on sum() does not depend on the order")
def test_a_sum_that_depends_on_the_order_is_refused():
    with pytest.raises(ArithmeticError, match="not the sum"):
        sum_parts({"a": 1e17, "b": 1.0, "c": -1e17})
