"""Runs a module once without numbers and writes down every primitive operator.

A forward trace: the module's own Python runs, so that control flow on shapes, settings and modules
does what it does in use, and functions count like layers. Symbolic tracing (``torch.fx``) stops at
the first ``if`` on a shape. Tensors have a shape and no storage; a shape that an operator was asked
for before is not worked out again, which makes a trace about fifteen times faster. The module is
left as it was: what it would change in place is not changed, and it runs in evaluation mode.

One image is passed; sizes are read off a tensor ``(1, channels, height, width)``. Of a tensor with
fewer dimensions the last one counts as channels, the one before it as height. What depends on the
values of a tensor cannot be traced, for there are none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from harness.computation_graphs.kinds import MOVES, OPERATORS, SCALINGS, Kind
from harness.computation_graphs.operator import NO_WINDOW, Operator, Size, Window
from harness.computation_graphs.shapes import tensors, without_values
from harness.core.errors import DataError

__all__ = ["Built", "operators_of"]


def operators_of(module: nn.Module, input_shape: tuple[int, ...]) -> tuple[Operator, ...]:
    """Trace a module.

    Args:
        module: On any device, in any mode.
        input_shape: Of one image, without the batch: channels, height and width.

    Returns:
        The input, the operators in the order in which they ran, the output.

    Raises:
        DataError: The module cannot run on an image without values.
    """
    modules = list(module.modules())
    training = [one.training for one in modules]
    recorder = _Recorder()
    try:
        module.eval()
        with torch.no_grad():
            image = torch.empty((1, *input_shape), device="meta")
            recorder.begin(image)
            with recorder:
                result = module(image)
        return recorder.end(result)
    except DataError:
        raise
    except Exception as error:
        raise DataError(
            f"{type(module).__name__} cannot be traced with an input of shape {input_shape}: "
            f"{str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__}"
            "; control flow may depend on shapes but not on values"
        ) from error
    finally:
        for one, was in zip(modules, training, strict=True):
            one.training = was


class Built(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Inside this block modules are built without storage and without initial values."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __torch_dispatch__(
        self,
        function: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Make new tensors on the device that stores nothing, and leave them as they are."""
        if _name(function) == "empty":
            given = dict(kwargs or {})
            return torch.empty(
                cast("tuple[int, ...]", args[0]),
                dtype=cast("torch.dtype | None", given.get("dtype")),
                device="meta",
            )
        if args and isinstance(args[0], Tensor) and args[0].is_meta and _writes(function):
            return args[0]
        return function(*args, **(kwargs or {}))


class _Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._operators: list[Operator] = []
        self._places: dict[int, int] = {}
        self._weights: dict[int, int] = {}
        self._alive: list[Tensor] = []  # an id is one tensor's as long as the tensor lives

    def begin(self, image: Tensor) -> None:
        size = _size(image)
        self._operators.append(Operator(Kind.INPUT, (), size, size))
        self._follow(image, 0)

    def end(self, result: object) -> tuple[Operator, ...]:
        found = [one for one in tensors(result) if id(one) in self._places]
        if not found:
            raise DataError("the output of the module does not depend on its input")
        inputs = tuple(self._places[id(one)] for one in found)
        size = _size(found[0])
        return (*self._operators, Operator(Kind.OUTPUT, inputs, size, size))

    def __torch_dispatch__(
        self,
        function: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = dict(kwargs or {})
        given = [*tensors(args), *tensors(named)]
        tracked = [one for one in given if id(one) in self._places]
        if _writes(function) and _name(function) not in MOVES:
            result = args[0]
        elif _writes(function) or not any(one.is_meta for one in given):
            result = function(*args, **named)
        else:
            result = without_values(function, args, named)
        weights = sum(self._parameters(one) for one in given if id(one) not in self._places)
        if not tracked:
            for one in tensors(result):
                self._weights[id(one)] = weights
                self._alive.append(one)
            return result
        place = self._place(function, args, (tracked, weights), result)
        for one in tensors(result):
            self._follow(one, place)
        return result

    def _follow(self, tensor: Tensor, place: int) -> None:
        self._places[id(tensor)] = place
        self._alive.append(tensor)

    def _parameters(self, tensor: Tensor) -> int:
        known = self._weights.get(id(tensor))
        if known is not None:
            return known
        return tensor.numel() if isinstance(tensor, nn.Parameter) else 0

    def _place(
        self,
        function: Callable[..., object],
        args: tuple[object, ...],
        read: tuple[list[Tensor], int],
        result: object,
    ) -> int:
        """Return the place of the operator that made the result, a new one if need be."""
        tracked, weights = read
        name = _name(function)
        inputs = tuple(self._places[id(one)] for one in tracked)
        if _passes_on(name, args) and len(set(inputs)) == 1:
            return inputs[0]
        first = next(iter(tensors(result)), tracked[0])
        operator = Operator(
            _kind(name, args, weights),
            inputs,
            _size(tracked[0]),
            _size(first),
            window=_window(name, args),
            bias=name in ("convolution", "addmm") and _has_bias(name, args),
            weights=weights,
        )
        self._operators.append(operator)
        return len(self._operators) - 1


def _name(function: Callable[..., object]) -> str:
    """Return e.g. ``relu`` for ``aten::relu_``: what is computed, not where it is put."""
    whole: str = function._schema.name  # type: ignore[attr-defined]
    name = whole.partition("::")[2]
    return name[:-1] if name.endswith("_") and not name.endswith("__") else name


def _writes(function: Callable[..., object]) -> bool:
    whole: str = function._schema.name  # type: ignore[attr-defined]
    return whole.endswith("_") and not whole.endswith("__")


def _passes_on(name: str, args: tuple[object, ...]) -> bool:
    if name in MOVES:
        return True
    scale = args[1] if len(args) > 1 else None
    number = isinstance(scale, int | float) or (isinstance(scale, Tensor) and scale.ndim == 0)
    return name in SCALINGS and number and not (name == "mul" and _is_zero(scale))


def _is_zero(value: object) -> bool:
    return isinstance(value, int | float) and value == 0


def _kind(name: str, args: tuple[object, ...], weights: int) -> Kind:
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


def _has_bias(name: str, args: tuple[object, ...]) -> bool:
    return name == "addmm" or args[2] is not None


def _window(name: str, args: tuple[object, ...]) -> Window:
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


def _size(tensor: Tensor) -> Size:
    shape = tuple(int(side) for side in tensor.shape)
    if len(shape) >= 4:
        return shape[2], math.prod(shape[3:]), shape[1]
    height, channels = ((1, 1, *shape))[-2:]
    return (height if len(shape) == 3 else 1), 1, channels
