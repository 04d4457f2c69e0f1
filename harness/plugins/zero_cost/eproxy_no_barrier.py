"""Eproxy without its barrier layer, the ablation: the trained transform predicts the target itself.

    score = sum over branches b of error_b / 2^b,  lower is better

Everything else is as in `harness.plugins.zero_cost.eproxy`; the transform has the 128 channels of
the target, and its batch norm is the last layer.
"""

from __future__ import annotations

from harness.passes.eproxy import Branch, Training
from harness.plugins.eproxies import eproxy

__all__ = ["PLUGIN"]

_BARE = Branch(barrier_kernel=None)

PLUGIN = eproxy(
    "eproxy-no_barrier",
    "Eproxy without its barrier layer.",
    Training(branches=(_BARE, _BARE, _BARE)),
)
