"""A network as a graph of primitive operators, in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.computation_graphs.kinds import Kind

__all__ = ["ATTRIBUTES", "ComputationGraph"]

ATTRIBUTES = (
    "height_in",
    "width_in",
    "channels_in",
    "height_out",
    "width_out",
    "channels_out",
    "kernel_height",
    "kernel_width",
    "stride",
    "dilation",
    "groups",
    "bias",
    "weights",
    "activation_before",
    "normed",
    "activation_after",
    "count",
)
"""What is known of every operator, in the order of the columns.

Sizes are those of one image's maps: the first input's and the output's. An operator without a
window has kernel 0. ``bias`` and ``normed`` are 0 or 1; activations are a `Kind`, 0 for none;
``weights`` counts parameters, those of a norm that was folded in among them; ``count`` says for how
many equal operators in a row the node stands, and ``weights`` is of one of them.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComputationGraph:
    """n operators; an edge leads from an operator to one that reads it.

    Attributes:
        kinds: Shape ``(n,)``: numbers of `Kind`; the first is the input, the last the output.
        attributes: Shape ``(n, len(ATTRIBUTES))``, not negative.
        edges: Shape ``(e, 2)``: source and target of every edge, source below target, each once.
    """

    kinds: NDArray[np.int64]
    attributes: NDArray[np.int64]
    edges: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of operators."""
        return len(self.kinds)

    def column(self, attribute: str) -> NDArray[np.int64]:
        """Return one attribute of all operators, shape ``(n,)``."""
        return self.attributes[:, ATTRIBUTES.index(attribute)]

    def named(self) -> tuple[Kind, ...]:
        """Return the kinds of the operators by name."""
        return tuple(Kind(number) for number in self.kinds.tolist())
