"""On which axis the channels of a feature map are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from harness.passes.observation import OperatorKind

if TYPE_CHECKING:
    from torch import Tensor

    from harness.passes.operators import OperatorCall

__all__ = ["ChannelAxis"]


class ChannelAxis:
    """Follows a network operator by operator, and tells the axis of channels at any time.

    Convolutions, pools and their norms have channels on the second axis; linear layers, layer
    norms, embeddings and recurrent layers on the last one. What comes after, such as an activation
    or a sum, has them where the operator before had them.
    """

    KINDS: ClassVar[tuple[OperatorKind, ...]] = (
        "convolution", "linear", "recurrent", "embedding", "normalisation",
    )  # fmt: skip

    def __init__(self) -> None:
        self._last = False
        self._channels = 0

    def see(self, call: OperatorCall) -> None:
        """Take note of one call of an operator of these kinds."""
        if call.output.dim() < 3:
            return  # one position, as in a squeeze of channels
        if call.kind == "convolution":
            self._last = False
        elif call.kind == "normalisation":
            shape = call.arguments.get("normalized_shape", ())
            self._last = isinstance(shape, Sequence) and len(shape) == 1
        else:
            self._last = True
        self._channels = call.output.shape[-1 if self._last else 1]

    def of(self, maps: Tensor) -> int:
        """Return the axis of the channels of ``(n, ...)``, which may have been transposed."""
        end = maps.dim() - 1
        if maps.dim() > 3 and not self._last:
            return 1
        axes = (end, 1) if self._last else (1, end)
        for axis in axes:
            if maps.shape[axis] == self._channels:
                return axis
        return 1 if maps.dim() > 3 else axes[0]
