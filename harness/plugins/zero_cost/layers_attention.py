"""Weights of attention: a trivial baseline.

    score = number of weights of attention

A packed weight of queries, keys and values is one.

A definition of this package. What a weight is used for is seen as it runs, see
`harness.plugins.weight_roles`; a network without any such weight is unsupported.
"""

from __future__ import annotations

from harness.plugins.weight_roles import counting_proxy, layers_of

__all__ = ["PLUGIN"]

PLUGIN = counting_proxy(
    "layers_attention", "Number of weights of attention.", layers_of("attention")
)
