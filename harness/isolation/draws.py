"""Random draws that leave no trace, and sums that have one order."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["BY_TURNS", "isolated_generators", "one_thread"]

BY_TURNS = threading.RLock()
"""Generators and modes belong to the process: threads of one program use them by turns."""


@contextmanager
def isolated_generators(seed: int, device: torch.device) -> Iterator[None]:
    """Seed the global generators of torch, numpy and Python in a block and restore them after it.

    Other threads wait until the block ends.

    Args:
        seed: In ``[0, 2**63)``; numpy takes its lowest 32 bits.
        device: Whose generator of torch is seeded too, beside that of the CPU.
    """
    import numpy as np
    import torch

    devices = [device] if device.type == "cuda" else []
    with BY_TURNS, torch.random.fork_rng(devices=devices):
        python_state = random.getstate()
        numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 - the global one is isolated
        try:
            torch.manual_seed(seed)
            np.random.seed(seed % 2**32)  # noqa: NPY002
            random.seed(seed)
            yield
        finally:
            np.random.set_state(numpy_state)  # noqa: NPY002
            random.setstate(python_state)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread inside a block, so that sums have one order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
