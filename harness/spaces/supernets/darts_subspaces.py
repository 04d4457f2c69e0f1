"""Which operations an edge has in the DARTS space and in its sub-spaces S1 to S4.

Source of the sub-spaces: Zela et al., "Understanding and robustifying differentiable architecture
search", ICLR 2020; the pairs of S1 are those of its released ``spaces.py``. Edges are in the order
of their targets, then of their sources: 14 in the normal cell, then 14 in the reduction cell.
"""

from __future__ import annotations

from harness.spaces.darts_topology import OPERATIONS

__all__ = ["EDGES", "SUBSPACES"]

EDGES = tuple((source, target) for target in range(2, 6) for source in range(target))

_SHORT = {
    "k": "skip_connect",
    "m": "max_pool_3x3",
    "a": "avg_pool_3x3",
    "s": "sep_conv_3x3",
    "d": "dil_conv_3x3",
    "D": "dil_conv_5x5",
}
_S1 = (
    "kd kD kD ks kd mk ks ks kd ks mk kd dD dD",
    "ma md ma ma kD ma ms kd kD ma ma kD kD kD",
)

SUBSPACES: dict[str, tuple[tuple[str, ...], ...]] = {
    "darts": (OPERATIONS,) * 28,
    "darts-s1": tuple(tuple(_SHORT[letter] for letter in pair) for pair in " ".join(_S1).split()),
    "darts-s2": (("skip_connect", "sep_conv_3x3"),) * 28,
    "darts-s3": (("none", "skip_connect", "sep_conv_3x3"),) * 28,
    "darts-s4": (("noise", "sep_conv_3x3"),) * 28,
}
