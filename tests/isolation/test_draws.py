"""Threads of one program draw from the generators of its process by turns."""

import random
import threading

import numpy as np
import pytest
import torch

from harness.computation_graphs.tracing import without_storage
from harness.isolation import isolated_generators

CPU = torch.device("cpu")


def drawn() -> tuple[float, float, float]:
    return float(torch.rand(())), float(np.random.rand()), random.random()  # noqa: NPY002


def seeded() -> None:
    with isolated_generators(1, CPU):
        drawn()


@pytest.mark.parametrize("other", [seeded, lambda: without_storage(torch.nn.Identity)])
def test_a_thread_waits_until_another_has_drawn(other):
    with isolated_generators(0, CPU):
        expected = [drawn(), drawn()]
    thread = threading.Thread(target=other)
    with isolated_generators(0, CPU):
        draws = [drawn()]
        thread.start()
        thread.join(timeout=0.2)
        assert thread.is_alive()
        draws.append(drawn())
    thread.join()
    assert draws == expected
