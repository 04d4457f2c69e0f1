"""Random draws that leave no trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["isolated_generator"]


@contextmanager
def isolated_generator(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch's global generators inside a block and restore them after it."""
    import torch

    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield
