"""Parameters of feed-forward parts: a trivial baseline.

    score = elements of the weights of feed-forward parts and of their biases

These are linear operators with an activation between two of them, none of attention. Of GPT-2 and
Transformer-XL it is the published number of LiteTransformerSearch.

A definition of this package. What a weight is used for is seen as it runs, see
`harness.plugins.weight_roles`; a network without any such weight is unsupported.
"""

from __future__ import annotations

from harness.plugins.weight_roles import counting_proxy, parameters_of

__all__ = ["PLUGIN"]

PLUGIN = counting_proxy(
    "params_feed_forward",
    "Number of parameters of feed-forward parts.",
    parameters_of("feed_forward"),
)
