"""How many different things the units of a network do over a batch."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from harness.passes.active_units import RELU, active_units, require_images
from harness.passes.forward import FORWARD
from harness.passes.initialisation import replaced_embeddings, standard_normal_inputs
from harness.passes.network_call import call_network
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext
from harness.passes.subject import BUILD

if TYPE_CHECKING:
    import torch

    from harness.passes.operators import OperatorCall

__all__ = ["ACTIVATION_PATTERNS", "LINEAR_REGIONS"]

_KEY = 64
"""Images per key: a key is an int64 with one bit per image."""

_WORD = 22
"""Images per word: a float32 holds sums of powers of two up to 2**24 exactly."""


class _Patterns:
    """Writes each unit's pattern as keys, by a product of activations and powers of two.

    A unit is on where it is positive. Those of ReLUs are 0 elsewhere; GELU, SiLU and others return
    whatever number, and what is below zero counts as off.
    """

    kinds: frozenset[OperatorKind] = frozenset({"relu", "activation"})
    by_sample = kinds

    def __init__(self) -> None:
        self._keys: list[torch.Tensor] = []

    def see_operator(self, call: OperatorCall) -> None:
        import torch

        output = call.output
        if output.dim() > 2:
            active = active_units(output)
            self._keys.append(
                _distinct(torch.stack([_key(units) for units in torch.split(active, _KEY)], 1))
            )

    def count(self) -> int | None:
        """Return the number of patterns; nothing without any feature map."""
        import torch

        return len(_distinct(torch.cat(self._keys))) if self._keys else None


def _key(active: torch.Tensor) -> torch.Tensor:
    """Return the int64 key of each unit; `active` has at most `_KEY` images as rows."""
    import torch

    images = torch.arange(len(active), device=active.device)
    starts = torch.arange(0, len(active), _WORD, device=active.device)
    bit = images[None, :] - starts[:, None]
    powers = torch.where((bit >= 0) & (bit < _WORD), 2.0 ** bit.clamp(0, _WORD), 0.0)
    words = (powers @ active).to(torch.int64)
    return (words << starts[:, None]).sum(0)


def _distinct(keys: torch.Tensor) -> torch.Tensor:
    import torch

    if keys.shape[1] > 1:  # sorting rows is much slower than sorting numbers
        patterns: torch.Tensor = torch.unique(keys, dim=0)
        return patterns
    numbers: torch.Tensor = torch.unique(keys[:, 0])
    return numbers[:, None]


def _activation_patterns(context: PassContext) -> int:
    forward = context[FORWARD]
    count = forward.watcher("activation_patterns", _Patterns).count()
    return require(count, forward.network, "feature map behind an activation function")


ACTIVATION_PATTERNS = Pass(
    name="activation_patterns",
    version="2",
    compute=_activation_patterns,
    requires=(FORWARD,),
    watch=_Patterns,
)
"""Number of distinct patterns among the units of all activation functions on feature maps.

A unit's pattern says for which samples of the batch it is on, which is where it is positive.
Feature maps are outputs of three and more dimensions: of images, signals and volumes, and of
sequences. Activation functions are those of `harness.passes.operator_table`, ReLU, GELU, SiLU and
others; a network without any is unsupported.

Shape: int, at most 2**n for n samples. Unit: patterns.
"""


def _linear_regions(context: PassContext) -> int:
    import torch

    from harness.passes.operators import operator_calls

    network = context[BUILD]()
    inputs, samples = standard_normal_inputs(context), context.subject.batch.size
    patterns = [blake2b(digest_size=16) for _ in range(samples)]
    units = 0

    def see(call: OperatorCall) -> None:
        nonlocal units
        output = call.output
        require_images(call, samples)
        units += output[0].numel()
        active = (output.flatten(1) > 0).cpu().numpy()
        for pattern, row in zip(patterns, np.packbits(active, axis=1), strict=True):
            pattern.update(row.tobytes())

    def draw(embedding: torch.Tensor) -> torch.Tensor:
        return torch.randn(embedding.shape).to(embedding)

    noise = replaced_embeddings(network, inputs, draw)
    with torch.no_grad(), operator_calls(network, {"relu"}, see), noise:
        call_network(network, inputs)
    context.forwards += 1
    require(units or None, network, RELU)
    return len({pattern.digest() for pattern in patterns})


LINEAR_REGIONS = Pass(name="linear_regions", compute=_linear_regions, requires=(BUILD,))
"""How many different on-off patterns of all ReLUs N(0, 1) images cause, in training mode.

From 1 to the number of images in the batch, whose shape alone is read. A network without any ReLU
is unsupported.

Shape: int, 1 to n. Unit: regions.
"""
