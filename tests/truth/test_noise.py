import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from harness.truth.table import noise_ceiling


def test_the_ceiling_is_the_mean_over_pairs_of_runs() -> None:
    # Ranks of the runs over a, b, c: (1,2,3), (1,3,2), (3,2,1). Spearman = 1 - 6 sum d^2 / 24:
    # runs 1 and 2: 1 - 2/4 = 0.5; 1 and 3: 1 - 8/4 = -1; 2 and 3: d = -2, 1, 1: 1 - 6/4 = -0.5.
    runs = {"a": (1.0, 1.0, 3.0), "b": (2.0, 3.0, 2.0), "c": (3.0, 2.0, 1.0)}
    assert noise_ceiling(runs) == pytest.approx((0.5 - 1 - 0.5) / 3)


def test_architectures_with_one_run_do_not_count() -> None:
    runs = {"a": (1.0, 1.0), "b": (2.0, 2.0), "c": (3.0, 3.0), "d": (0.0,)}
    assert noise_ceiling(runs) == pytest.approx(1)


@pytest.mark.parametrize(
    "runs",
    [
        {},
        {"a": (1.0,), "b": (2.0,)},
        {"a": (1.0, 2.0), "b": (2.0, 1.0)},
        dict.fromkeys("abc", (1.0, 1.0)),
    ],
)
def test_without_enough_or_different_runs_there_is_none(runs: dict[str, tuple[float, ...]]) -> None:
    assert noise_ceiling(runs) is None


@given(pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3))
def test_ties_have_their_mean_rank_as_in_scipy(pairs: list[tuple[int, int]]) -> None:
    runs = {str(at): (float(first), float(two)) for at, (first, two) in enumerate(pairs)}
    ceiling = noise_ceiling(runs)
    if any(len(set(column)) == 1 for column in zip(*pairs, strict=True)):
        assert ceiling is None
    else:
        assert ceiling == pytest.approx(spearmanr(*zip(*pairs, strict=True))[0])
