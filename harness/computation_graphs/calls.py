"""What one call of a primitive operator says of it: name, kind, window, sizes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from torch import Tensor

from harness.computation_graphs.kinds import MOVES, OPERATORS, SCALINGS, Kind
from harness.computation_graphs.operator import NO_WINDOW, Size, Window

__all__ = ["has_bias", "kind_of", "name_of", "passes_on", "size_of", "window_of", "writes"]


def name_of(function: Callable[..., object]) -> str:
    """Return e.g. ``relu`` for ``aten::relu_``: what is computed, not where it is put."""
    whole: str = function._schema.name  # type: ignore[attr-defined]
    name = whole.partition("::")[2]
    return name[:-1] if name.endswith("_") and not name.endswith("__") else name


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
        return _windowed(kernel, stride[0], dilation[0], cast("int", args[8]))
    if name in ("max_pool2d_with_indices", "avg_pool2d", "max_pool2d"):
        kernel = tuple(cast("list[int]", args[1]))
        stride = cast("list[int]", args[2]) if len(args) > 2 and args[2] else list(kernel)
        return _windowed(kernel, stride[0], 1, 1)
    return NO_WINDOW


def _windowed(kernel: tuple[int, ...], stride: int, dilation: int, groups: int) -> Window:
    height, width = (*kernel, 1)[:2] if kernel else (0, 0)
    return Window(int(height), int(width), stride, dilation, groups)


def size_of(tensor: Tensor) -> Size:
    """Return height, width and channels; see `harness.computation_graphs.tracing`."""
    shape = tuple(int(side) for side in tensor.shape)
    if len(shape) >= 4:
        return shape[2], math.prod(shape[3:]), shape[1]
    height, channels = ((1, 1, *shape))[-2:]
    return (height if len(shape) == 3 else 1), 1, channels
