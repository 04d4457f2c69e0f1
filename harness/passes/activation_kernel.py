"""How similar the images of a batch are in what they switch on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.passes.active_units import RELU, active_units
from harness.passes.forward import FORWARD
from harness.passes.network_errors import require
from harness.passes.observation import OperatorKind, Pass, PassContext
from harness.passes.subject import INPUTS

if TYPE_CHECKING:
    import torch

    from harness.passes.operators import OperatorCall

__all__ = ["ACTIVATION_KERNEL"]

_REMEMBERED = 4
"""Inputs that are kept; a cell has seldom more nodes that several layers read by turns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """The product that belongs to an input; another version was changed in place since."""

    inputs: torch.Tensor
    version: int
    both: torch.Tensor


class _Agreements:
    """Counts, per pair of images, the units that both switch on.

    Units that both leave off follow from it: of u units, u - c_i.c_i - c_j.c_j + c_i.c_j. So one
    product per layer does, and the rest is done once at the end. A product of zeros and ones is
    exact in float32 up to 2**24 units in one layer; the sum over layers is kept in float64.

    ReLUs of one and the same input have one and the same product, which is computed once: in a
    cell, all convolutions that read a node begin with one.
    """

    kinds: frozenset[OperatorKind] = frozenset({"relu"})

    def __init__(self) -> None:
        self._both: torch.Tensor | None = None
        self._units = 0
        self._recent: deque[_Seen] = deque(maxlen=_REMEMBERED)

    def see_operator(self, call: OperatorCall) -> None:
        import torch

        inputs, output = call.input, call.output
        both = self._known(inputs)
        if both is None:
            active = active_units(output)
            both = (active @ active.T).to(torch.float64)
            self._recent.append(_Seen(inputs=inputs, version=inputs._version, both=both))
        self._both = both.clone() if self._both is None else self._both.add_(both)
        self._units += output[0].numel()

    def _known(self, inputs: torch.Tensor) -> torch.Tensor | None:
        for seen in self._recent:
            if seen.inputs is inputs and seen.version == inputs._version:
                return seen.both
        return None

    def kernel(self) -> torch.Tensor | None:
        """Return the kernel; nothing where there was no ReLU."""
        if self._both is None:
            return None
        active = self._both.diagonal()
        return 2 * self._both + self._units - active[:, None] - active[None, :]


def _activation_kernel(context: PassContext) -> torch.Tensor:
    forward = context[FORWARD]
    kernel = forward.watcher("activation_kernel", _Agreements).kernel()
    return require(kernel, forward.network, RELU)


ACTIVATION_KERNEL = Pass(
    name="activation_kernel",
    compute=_activation_kernel,
    requires=(FORWARD, INPUTS),
    watch=_Agreements,
)
"""Shape ``(n, n)``, float64: the number of ReLU units, over all layers, on which two images agree.

A unit is on when its ReLU lets something through; ReLUs are those of
`harness.passes.operator_table`, and a network without any is unsupported.

Shape: float64 tensor ``(n, n)``, n images. Unit: ReLU units.
"""
