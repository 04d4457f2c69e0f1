import logging

import numba
import pytest

from harness.metrics.kernels.compiler import compiled


def double(number):
    return 2 * number


def test_a_kernel_runs_where_no_folder_can_hold_the_cache(monkeypatch, caplog):
    real = numba.njit

    def without_a_writable_folder(*functions, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function 'double': no locator available")
        return real(*functions, **options)

    monkeypatch.setattr(numba, "njit", without_a_writable_folder)
    with caplog.at_level(logging.INFO, logger="harness.metrics.kernels.compiler"):
        kernel = compiled(double)
    assert kernel(21) == 42
    assert "set NUMBA_CACHE_DIR" in caplog.text


def test_a_kernel_is_cached_and_frees_the_interpreter():
    kernel = compiled(double)
    assert kernel.targetoptions["nogil"]
    assert kernel(1.5) == pytest.approx(3.0)
