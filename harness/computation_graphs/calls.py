"""What one call of a primitive operator says of it: name, kind, window, sizes."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import cast

from torch import Tensor

from harness.computation_graphs.kinds import MOVES, OPERATORS, SCALINGS, Kind
from harness.computation_graphs.operator import NO_WINDOW, Size, Window

__all__ = [
    "detail_of",
    "has_bias",
    "kind_of",
    "name_of",
    "passes_on",
    "size_of",
    "window_of",
    "writes",
]

_NORMS = {"native_layer_norm": "layer", "native_group_norm": "group", "_fused_rms_norm": "rms"}
_POOLS = (
    "max_pool2d_with_indices",
    "max_pool3d_with_indices",
    "max_pool2d",
    "avg_pool2d",
    "avg_pool3d",
)


@functools.cache
def name_of(function: Callable[..., object]) -> str:
    """Return e.g. ``relu`` for ``aten::relu_``: what is computed, not where it is put."""
    whole: str = function._schema.name  # type: ignore[attr-defined]
    name = whole.partition("::")[2]
    return name[:-1] if name.endswith("_") and not name.endswith("__") else name


@functools.cache
def writes(function: Callable[..., object]) -> bool:
    """Return whether an operator changes its first argument in place."""
    whole: str = function._schema.name  # type: ignore[attr-defined]
    return whole.endswith("_") and not whole.endswith("__")


def passes_on(name: str, args: tuple[object, ...]) -> bool:
    """Return whether an operator computes nothing but, at most, another unit."""
    if name in MOVES:
        return True
    scale = args[1] if len(args) > 1 else None
    number = isinstance(scale, int | float) or (isinstance(scale, Tensor) and scale.ndim == 0)
    return name in SCALINGS and number and not (name == "mul" and _is_zero(scale))


def _is_zero(value: object) -> bool:
    return isinstance(value, int | float) and value == 0


def kind_of(name: str, args: tuple[object, ...], weights: int) -> Kind:
    """Return the kind of an operator that reads so many weights."""
    if name == "convolution":
        return _kind_of_convolution(args)
    kind = OPERATORS.get(name, Kind.OTHER)
    if kind is Kind.MULTIPLY and len(args) > 1 and _is_zero(args[1]):
        return Kind.ZERO
    return Kind.LINEAR if kind is Kind.PRODUCT and weights else kind


def _kind_of_convolution(args: tuple[object, ...]) -> Kind:
    groups = cast("int", args[8])
    if args[6]:
        return Kind.TRANSPOSED
    channels = cast("Tensor", args[0]).shape[1]
    return Kind.DEPTHWISE if groups > 1 and groups == channels else Kind.CONVOLUTION


def has_bias(name: str, args: tuple[object, ...]) -> bool:
    """Return whether a convolution or a product adds a bias."""
    return name == "addmm" or (name == "convolution" and args[2] is not None)


def window_of(name: str, args: tuple[object, ...]) -> Window:
    """Return the window of a convolution or pool."""
    if name == "convolution":
        kernel = tuple(cast("Tensor", args[1]).shape[2:])
        stride, dilation = cast("list[int]", args[3]), cast("list[int]", args[5])
        return _windowed(kernel, max(stride), max(dilation), cast("int", args[8]))
    if name in _POOLS:
        kernel = tuple(cast("list[int]", args[1]))
        stride = cast("list[int]", args[2]) if len(args) > 2 and args[2] else list(kernel)
        return _windowed(kernel, max(stride), 1, 1)
    return NO_WINDOW


def _windowed(kernel: tuple[int, ...], stride: int, dilation: int, groups: int) -> Window:
    height, width = (*kernel, 1)[:2] if kernel else (0, 0)
    return Window(int(height), int(width), stride, dilation, groups)


def detail_of(name: str, args: tuple[object, ...]) -> str:
    """Return what tells operators of one kind apart; nothing for the usual ones.

    ``1d`` and ``3d`` of convolutions that are not of images; ``layer``, ``group``, ``rms`` of norms
    other than batch norms; the name of an activation without a kind of its own; how many products
    of matrices one call has, such as the heads of attention.
    """
    if name == "convolution":
        dimensions = cast("Tensor", args[1]).ndim - 2
        return "" if dimensions == 2 else f"{dimensions}d"
    if name in ("bmm", "baddbmm"):
        return str(int(cast("Tensor", args[0]).shape[0]))
    if OPERATORS.get(name) is Kind.OTHER_ACTIVATION:
        return name
    return _NORMS.get(name, "")


def size_of(tensor: Tensor, name: str = "") -> Size:
    """Return height, width and channels; see `harness.computation_graphs.tracing`.

    Args:
        tensor: What an operator reads or gives.
        name: Name of the operator: convolutions and batch norms of signals ``(n, channels, t)``
            have their channels first.
    """
    shape = tuple(map(int, tensor.shape))
    if len(shape) == 3 and (name == "convolution" or "batch_norm" in name):
        return shape[2], 1, shape[1]
    if len(shape) >= 4:
        return shape[2], math.prod(shape[3:]), shape[1]
    height, channels = ((1, 1, *shape))[-2:]
    return (height if len(shape) == 3 else 1), 1, channels
