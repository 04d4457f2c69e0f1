import numpy as np
import pytest

from harness.core.direction import Direction
from harness.plugin import Direction as OfPlugins


@pytest.mark.parametrize("direction", Direction)
def test_turning_values_twice_gives_them_back_with_the_sign_of_zero(direction):
    values = np.array([0.0, -0.0, 1.5, -np.inf])
    again = direction.orient(direction.orient(values))
    assert again.tobytes() == values.tobytes()


def test_lower_values_become_higher_ones_and_higher_ones_stay():
    assert Direction.LOWER.orient(2.0) == -2.0
    assert Direction.LOWER.orient(np.array([1.0, -3.0])).tolist() == [-1.0, 3.0]
    values = np.array([1.0, -3.0])
    assert Direction.HIGHER.orient(values) is values


def test_plugins_declare_the_one_direction_by_its_name_in_files():
    assert OfPlugins is Direction
    assert [str(direction) for direction in Direction] == ["higher", "lower"]
