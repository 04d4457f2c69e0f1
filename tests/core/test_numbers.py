import numpy as np
import pytest
import torch

from harness.core.aggregation import average_ranks
from harness.core.errors import DataError
from harness.core.numbers import is_complex, real_numbers
from harness.core.outcome import Failed, FailureKind, scored

COMPLEX = [1 + 2j, np.complex64(1 + 2j), np.array(1 + 2j), torch.tensor(1 + 2j)]


@pytest.mark.parametrize("value", [*COMPLEX, np.array([np.complex128(1j)], dtype=object)])
def test_a_complex_number_is_told_by_its_type(value):
    assert is_complex(value)


@pytest.mark.parametrize(
    "value", [1, 0.5, True, "complex", None, np.float32(1), torch.tensor(1.0), np.array(["1"])]
)
def test_what_is_not_complex_is_not_taken_for_it(value):
    assert not is_complex(value)


@pytest.mark.parametrize("value", COMPLEX)
def test_a_complex_score_breaks_the_contract_instead_of_losing_a_part(value):
    outcome = scored(value, ("score",))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CONTRACT
    assert "a complex number for 'score'; return a real one" in outcome.reason


@pytest.mark.parametrize(
    "values", [[1j], [np.complex128(1j)], np.array([1j]), torch.tensor([1j]), [torch.tensor(1j)]]
)
def test_complex_arrays_are_no_real_numbers(values):
    with pytest.raises(TypeError, match="complex"):
        real_numbers(values)


@pytest.mark.parametrize(
    "values", [["0.5"], [b"0.5"], np.array(["1", 2.0], dtype=object), np.array(["2020"], "M8[Y]")]
)
def test_texts_are_no_real_numbers_though_float_takes_them(values):
    with pytest.raises(TypeError, match="texts or dates"):
        real_numbers(values)


def test_real_arrays_become_float64():
    assert real_numbers(torch.tensor([1, 2])).tolist() == [1.0, 2.0]
    assert real_numbers(np.float32([0.5])).dtype == np.float64


def test_complex_values_have_no_ranks():
    with pytest.raises(DataError, match="complex values have no rank"):
        average_ranks(np.array([1 + 2j, 3.0]))
