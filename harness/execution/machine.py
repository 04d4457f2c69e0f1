"""Which machine scores: told by the process that does."""

from __future__ import annotations

from dataclasses import replace

from harness.execution.scoring import Settings
from harness.execution.work import Work
from harness.records.environment import Environment, capture

__all__ = ["THREADS", "described", "settled"]

THREADS = 1  # two workers of one thread each finish sooner than one of two threads


def described(device: str, workers: int, *, isolated: bool = True) -> Environment:
    """Describe this machine with so many workers side by side."""
    gpu = None
    if device == "cuda":
        import torch

        gpu = torch.cuda.get_device_name()
    return capture(threads=THREADS, workers=workers, gpu=gpu, isolated=isolated)


def settled(work: Work) -> tuple[Settings, Environment]:
    """Return settings that name the environment of this process, and that environment."""
    environment = work.environment or described(work.settings.device, work.workers)
    return replace(work.settings, environment=environment.key), environment
