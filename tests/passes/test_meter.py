"""Clocks on a GPU, which is pretended: the processor goes on while it computes."""

import pytest
import torch

from harness.passes.meter import Meter
from tests.pretended_cuda import PretendedCuda


@pytest.fixture
def cuda(monkeypatch):
    pretended = PretendedCuda()
    pretended.install(monkeypatch)
    return pretended


@pytest.fixture
def meter(cuda):
    return Meter(torch.device("cuda"))


def test_wall_clock_and_gpu_events_of_a_pass_are_the_same_time(cuda, meter):
    with meter.measure("pass"):
        cuda.work(0.25)
        cuda.queue(2.0)
        cuda.work(0.5)  # meanwhile
    cost = meter.cost("pass")
    assert (cost.wall_s, cost.gpu_s) == (2.25, 2.25)


def test_what_was_queued_before_is_not_charged_to_the_next_piece(cuda, meter):
    with meter.measure("first"):
        cuda.queue(4.0)
    with meter.measure("second"):
        cuda.queue(1.0)
    assert (meter.cost("first").gpu_s, meter.cost("second").gpu_s) == (4.0, 1.0)
    assert (meter.cost("first").wall_s, meter.cost("second").wall_s) == (4.0, 1.0)


def test_short_pieces_are_told_apart_by_events_alone_and_all_add_up(cuda, meter):
    with meter.measure("pass"):
        cuda.queue(3.0)
        for _ in range(2):
            with meter.measure("watcher", memory=False):
                cuda.work(0.125)
                cuda.queue(0.5)
        cuda.queue(1.0)
    outer, inner = meter.cost("pass"), meter.cost("watcher")
    assert (outer.gpu_s, inner.gpu_s) == (4.0, 1.0)
    assert inner.wall_s == 0.25  # nothing waited for the GPU
    assert outer.wall_s + inner.wall_s == outer.gpu_s + inner.gpu_s


def test_the_peak_of_a_piece_is_its_own(cuda, meter):
    with meter.measure("pass"):
        cuda.peak_bytes = 300
        with meter.measure("required"):
            cuda.peak_bytes = 500
        cuda.peak_bytes = 100
    assert (meter.cost("pass").peak_bytes, meter.cost("required").peak_bytes) == (300, 500)
