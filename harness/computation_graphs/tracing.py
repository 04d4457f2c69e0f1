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

from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from harness.computation_graphs.calls import (
    has_bias,
    kind_of,
    name_of,
    passes_on,
    size_of,
    window_of,
    writes,
)
from harness.computation_graphs.kinds import MOVES, Kind
from harness.computation_graphs.operator import Operator
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
    training = [module.training for module in modules]
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
        for traced, was in zip(modules, training, strict=True):
            traced.training = was


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
        if name_of(function) == "empty":
            given = dict(kwargs or {})
            return torch.empty(
                cast("tuple[int, ...]", args[0]),
                dtype=cast("torch.dtype | None", given.get("dtype")),
                device="meta",
            )
        if args and isinstance(args[0], Tensor) and args[0].is_meta and writes(function):
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
        size = size_of(image)
        self._operators.append(Operator(Kind.INPUT, (), size, size))
        self._follow(image, 0)

    def end(self, result: object) -> tuple[Operator, ...]:
        tracked = [tensor for tensor in tensors(result) if id(tensor) in self._places]
        if not tracked:
            raise DataError("the output of the module does not depend on its input")
        inputs = tuple(self._places[id(tensor)] for tensor in tracked)
        size = size_of(tracked[0])
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
        tracked = [tensor for tensor in given if id(tensor) in self._places]
        if writes(function):
            result = _changed(function, args, named)
        elif not any(tensor.is_meta for tensor in given):
            result = function(*args, **named)
        else:
            result = without_values(function, args, named)
        weights = sum(
            self._parameters(tensor) for tensor in given if id(tensor) not in self._places
        )
        if not tracked:
            for tensor in tensors(result):
                self._weights[id(tensor)] = weights
                self._alive.append(tensor)
            return result
        place = self._place(function, args, (tracked, weights), result)
        for tensor in tensors(result):
            self._follow(tensor, place)
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
        name = name_of(function)
        inputs = tuple(self._places[id(tensor)] for tensor in tracked)
        if passes_on(name, args) and len(set(inputs)) == 1:
            return inputs[0]
        first = next(iter(tensors(result)), tracked[0])
        operator = Operator(
            kind_of(name, args, weights),
            inputs,
            size_of(tracked[0]),
            size_of(first),
            window=window_of(name, args),
            bias=has_bias(name, args),
            weights=weights,
        )
        self._operators.append(operator)
        return len(self._operators) - 1


def _changed(
    function: Callable[..., object], args: tuple[object, ...], named: Mapping[str, object]
) -> object:
    """Return what is written to: its values do not matter, but it may take another shape."""
    target = cast("Tensor", args[0])
    reshapes = name_of(function) in MOVES and name_of(function) != "copy"
    return function(*args, **named) if reshapes and target.is_meta else target
