"""What a piece of work took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Cost", "sum_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Cost of one pass or of one reduction.

    Attributes:
        wall_s: Seconds on the wall clock, after synchronising with the device.
        cpu_s: Seconds of processor time of this process, all threads.
        gpu_s: Seconds between two CUDA events; absent where no GPU was used.
        peak_bytes: Highest memory while it ran: allocated on the GPU where one was used, else
            resident in the process; absent where the system does not tell.
        forwards: Forward passes through a network.
        backwards: Backward passes through a network.
        images: Images read from the batch; passes that read the same ones count them once.
        labels: Labels read from the batch; likewise.
    """

    wall_s: float
    cpu_s: float
    gpu_s: float | None = None
    peak_bytes: int | None = None
    forwards: int = 0
    backwards: int = 0
    images: int = 0
    labels: int = 0


def sum_of(costs: Sequence[Cost]) -> Cost:
    """Add up costs of work done one after the other; the peak is the highest one."""
    gpu = [cost.gpu_s for cost in costs if cost.gpu_s is not None]
    peaks = [cost.peak_bytes for cost in costs if cost.peak_bytes is not None]
    return Cost(
        wall_s=sum(cost.wall_s for cost in costs),
        cpu_s=sum(cost.cpu_s for cost in costs),
        gpu_s=sum(gpu) if gpu else None,
        peak_bytes=max(peaks, default=None),
        forwards=sum(cost.forwards for cost in costs),
        backwards=sum(cost.backwards for cost in costs),
        images=max((cost.images for cost in costs), default=0),
        labels=max((cost.labels for cost in costs), default=0),
    )
