"""Convolutions: a trivial baseline.

    score = number of weights of convolutions

`layers` counts linear layers too.

A definition of this package. What a weight is used for is seen as it runs, see
`harness.plugins.weight_roles`; a network without any such weight is unsupported.
"""

from __future__ import annotations

from harness.plugins.weight_roles import counting_proxy, layers_of

__all__ = ["PLUGIN"]

PLUGIN = counting_proxy("layers_convolution", "Number of convolutions.", layers_of("convolution"))
