import pytest

from harness.execution.worker_pool import AwakeClock


def test_time_between_looks_counts():
    moments = iter([10.0, 10.25, 10.75])
    clock = AwakeClock(now=lambda: next(moments))
    assert [clock.elapsed_s(), clock.elapsed_s()] == [0.25, 0.5]


def test_a_night_of_sleep_counts_as_a_moment():
    # Eight hours pass between two looks that are a quarter of a second apart otherwise.
    moments = iter([0.0, 0.25, 28800.25, 28800.5])
    clock = AwakeClock(now=lambda: next(moments))
    assert sum(clock.elapsed_s() for _ in range(3)) == pytest.approx(0.25 + 2.0 + 0.25)
