"""Parameters of attention: a trivial baseline.

    score = elements of the weights of attention and of their biases

These are its projections and what reads what it returns. Of GPT-2 it is the published number of
LiteTransformerSearch; of a Transformer-XL that counts a norm too.

A definition of this package. What a weight is used for is seen as it runs, see
`harness.plugins.weight_roles`; a network without any such weight is unsupported.
"""

from __future__ import annotations

from harness.plugins.weight_roles import counting_proxy, parameters_of

__all__ = ["PLUGIN"]

PLUGIN = counting_proxy(
    "params_attention", "Number of parameters of attention.", parameters_of("attention")
)
