"""The third space of NAS-Bench-1Shot1: five choice blocks, output with two parents."""

from __future__ import annotations

from typing import Final

from harness.core.architecture import Space
from harness.spaces.nas_bench_1shot1 import NasBench1Shot1

__all__ = ["SPACE"]

SPACE: Final[Space] = NasBench1Shot1(
    name="nas-bench-1shot1-3", parents_per_vertex=(1, 1, 1, 2, 2, 2)
)
