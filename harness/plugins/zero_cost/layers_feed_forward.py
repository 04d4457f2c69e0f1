"""Weights of feed-forward parts: a trivial baseline.

    score = number of weights of feed-forward parts

These are linear operators with an activation between two of them, none of attention.

A definition of this package. What a weight is used for is seen as it runs, see
`harness.plugins.weight_roles`; a network without any such weight is unsupported.
"""

from __future__ import annotations

from harness.plugins.weight_roles import counting_proxy, layers_of

__all__ = ["PLUGIN"]

PLUGIN = counting_proxy(
    "layers_feed_forward", "Number of weights of feed-forward parts.", layers_of("feed_forward")
)
