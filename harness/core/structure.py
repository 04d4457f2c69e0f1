"""What can be counted of a network without weights or images."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Structure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What can be counted without weights or images; needs no seed.

    Attributes:
        parameters: Elements of all parameters.
        tensors: Number of parameter tensors.
        flops: Of one image, by the definition of `harness.passes.counting`.
        multiply_accumulates: Of one image, convolutions and linear layers alone.
        layers: Number of convolutions and linear layers, also of those whose output is not used.
        depth: Convolutions and linear layers on the longest path from the image to the logits. A
            path along which only zeros flow counts.
        usual_size: Thousands of parameters that the space states as usual, if it states any.
    """

    parameters: int
    tensors: int
    flops: int
    multiply_accumulates: int
    layers: int
    depth: int
    usual_size: float | None = None
