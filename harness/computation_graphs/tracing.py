"""Runs a module once without numbers and writes down every primitive operator.

A forward trace: the module's own Python runs, so that control flow on shapes, settings and modules
does what it does in use, and functions count like layers. Symbolic tracing (``torch.fx``) stops at
the first ``if`` on a shape. Tensors have a shape and no storage; a shape that an operator was asked
for before is not worked out again, which makes a trace about fifteen times faster. The module is
left as it was: what it would change in place is not changed, and it runs in evaluation mode.

One sample is passed; sizes are read off a tensor ``(1, channels, height, width)``. Of a tensor with
fewer dimensions the last one counts as channels, the one before it as height; of signals
``(1, channels, t)`` that a convolution reads the channels come first. A recurrent layer is one
operator, however long the sequence. What depends on the values of a tensor cannot be traced, for
there are none.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TypeAlias, cast

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from harness.computation_graphs.calls import (
    detail_of,
    has_bias,
    kind_of,
    name_of,
    passes_on,
    size_of,
    window_of,
    writes,
)
from harness.computation_graphs.kinds import CONSTANTS, MOVES, Kind
from harness.computation_graphs.operator import Operator
from harness.computation_graphs.shapes import tensors, without_values
from harness.core.architecture import Architecture, Dataset
from harness.core.errors import DataError, UsageError
from harness.isolation import BY_TURNS

__all__ = [
    "Built",
    "Example",
    "HasDataset",
    "example_of",
    "number_type",
    "operators_of",
    "operators_of_architecture",
    "without_storage",
]

Example: TypeAlias = Tensor | tuple[Tensor, ...] | Mapping[str, Tensor] | tuple[int, ...]
"""What a module is called with: a tensor, several by position or by name, the batch first; or the
shape of one sample of real numbers, without the batch."""


class HasDataset(Protocol):
    """A space that says for which data its networks are built."""

    @property
    def name(self) -> str:
        """Name in messages."""
        ...

    @property
    def dataset(self) -> Dataset:
        """What its networks are built for where nobody names another data set."""
        ...

    def network(self, architecture: Architecture, dataset: Dataset) -> nn.Module:
        """Build the untrained torch network; weights come from torch's global generator."""
        ...


_RECURRENT = frozenset(
    {"lstm", "gru", "rnn_tanh", "rnn_relu", "lstm_cell", "gru_cell", "rnn_tanh_cell"}
)


def operators_of(module: nn.Module, example: Example) -> tuple[Operator, ...]:
    """Trace a module.

    Args:
        module: On any device, in any mode.
        example: What it is called with; the values do not matter and are not read.

    Returns:
        The inputs, the operators in the order in which they ran, the output.

    Raises:
        DataError: The module cannot run on inputs without values.
    """
    modules = list(module.modules())
    training = [module.training for module in modules]
    recorder = _Recorder()
    try:
        module.eval()
        with torch.no_grad():
            args, named = _without_storage(example, number_type(module))
            recorder.begin([*args, *named.values()])
            with recorder, _recurrences(modules, recorder):
                result = module(*args, **named)
        return recorder.end(result)
    except DataError:
        raise
    except Exception as error:
        raise DataError(
            f"{type(module).__name__} cannot be traced with {_described(example)}: "
            f"{str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__}"
            "; control flow may depend on shapes but not on values"
        ) from error
    finally:
        for traced, was in zip(modules, training, strict=True):
            traced.training = was


def operators_of_architecture(
    space: HasDataset, architecture: Architecture
) -> tuple[Operator, ...]:
    """Build the network of an architecture, without storage where that is possible, and trace it.

    Raises:
        UsageError: The space does not know the architecture.
        DataError: The network cannot be traced.
    """
    dataset = space.dataset
    with _without_collection():
        network = without_storage(lambda: space.network(architecture, dataset))
        operators = operators_of(network, example_of(dataset))
        del network  # before the collector wakes
        return operators


@contextmanager
def _without_collection() -> Iterator[None]:
    """Let no reference cycles be collected for the moment.

    The collector would go through the thousands of new objects of a network again and again, a
    sixth of the time, and find nothing.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def example_of(dataset: Dataset) -> Tensor:
    """Return one sample of a data set, without values."""
    dtype = torch.int64 if dataset.inputs == "tokens" else torch.float32
    return torch.empty((1, *dataset.shape), dtype=dtype, device="meta")


def without_storage(build: Callable[[], nn.Module]) -> nn.Module:
    """Build a module without storage, or as it is in use where its code reads what it builds.

    Torch's generator is left as it was.
    """
    with BY_TURNS, torch.random.fork_rng(devices=[]):
        try:
            with Built():
                return build()
        except UsageError:
            raise
        except Exception:  # noqa: BLE001 - a stranger's code; what it raises again is its own
            return build()


def _recurrences(modules: list[nn.Module], recorder: _Recorder) -> AbstractContextManager[object]:
    """Watch calls of functions, which slows others down, where there are recurrent layers."""
    recurrent = any(isinstance(module, nn.RNNBase | nn.RNNCellBase) for module in modules)
    return _Recurrences(recorder) if recurrent else nullcontext()


def number_type(module: nn.Module) -> torch.dtype | None:
    """Return the type of real numbers of a module's first parameter or buffer; None without one."""
    for tensors_held in (module.parameters(), module.buffers()):
        for tensor in tensors_held:
            if tensor.is_floating_point():
                return tensor.dtype
    return None


def _without_storage(
    example: Example, real: torch.dtype | None = None
) -> tuple[tuple[Tensor, ...], dict[str, Tensor]]:
    """Return one sample by position and by name, on the device that stores nothing.

    Args:
        example: What the module is called with.
        real: Type of real numbers; that of the example when absent.
    """

    def one_of(batch: Tensor) -> Tensor:
        dtype = real if real is not None and batch.is_floating_point() else batch.dtype
        return torch.empty((1, *batch.shape[1:]), dtype=dtype, device="meta")

    if isinstance(example, Tensor):
        return (one_of(example),), {}
    if isinstance(example, Mapping):
        return (), {name: one_of(tensor) for name, tensor in example.items()}
    given = tuple(part for part in example if isinstance(part, Tensor))
    if given:
        return tuple(map(one_of, given)), {}
    return (torch.empty((1, *cast("tuple[int, ...]", example)), dtype=real, device="meta"),), {}


def _described(example: Example) -> str:
    args, named = _without_storage(example)
    shapes = [tuple(tensor.shape[1:]) for tensor in [*args, *named.values()]]
    if len(shapes) == 1:
        return f"an input of shape {shapes[0]}"
    return f"inputs of shapes {', '.join(map(str, shapes))}"


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
        self._inside = False

    def begin(self, inputs: list[Tensor]) -> None:
        for place, tensor in enumerate(inputs):
            size = size_of(tensor)
            self._operators.append(Operator(Kind.INPUT, (), size, size))
            self._follow(tensor, place)

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
        if self._inside:
            return function(*args, **named)
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
        if not tracked or name_of(function) in CONSTANTS:
            for tensor in tensors(result):
                self._weights[id(tensor)] = weights
                self._alive.append(tensor)
            return result
        place = self._place(function, args, (tracked, weights), result)
        for tensor in tensors(result):
            self._follow(tensor, place)
        return result

    def recurrence(
        self, function: Callable[..., object], args: tuple[object, ...], named: Mapping[str, object]
    ) -> object:
        """Write down a whole recurrent layer as one operator; return what it gives."""
        given = [*tensors(args), *tensors(named)]
        tracked = [tensor for tensor in given if id(tensor) in self._places]
        self._inside = True
        try:
            result = without_values(function, args, named)
        finally:
            self._inside = False
        first = tensors(result)[0]
        operator = Operator(
            Kind.LINEAR,
            tuple(self._places[id(tensor)] for tensor in tracked),
            size_of((tracked or given)[0]),
            size_of(first),
            bias=any(tensor.ndim == 1 for tensor in given if isinstance(tensor, nn.Parameter)),
            weights=sum(map(self._parameters, given)),
            detail=function.__name__.removesuffix("_cell"),
        )
        if tracked:
            self._operators.append(operator)
            for tensor in tensors(result):
                self._follow(tensor, len(self._operators) - 1)
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
        first = (tensors(result) or tracked)[0]
        operator = Operator(
            kind_of(name, args, weights),
            inputs,
            size_of(tracked[0], name),
            size_of(first, name),
            window=window_of(name, args),
            bias=has_bias(name, args),
            weights=weights,
            detail=detail_of(name, args),
        )
        self._operators.append(operator)
        return len(self._operators) - 1


class _Recurrences(TorchFunctionMode):
    """Tells the recorder of recurrent layers, which would dissolve into a loop over time."""

    def __init__(self, recorder: _Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    def __torch_function__(
        self,
        function: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        named = dict(kwargs or {})
        if getattr(function, "__name__", "") in _RECURRENT:
            return self._recorder.recurrence(function, args, named)
        return function(*args, **named)


def _changed(
    function: Callable[..., object], args: tuple[object, ...], named: Mapping[str, object]
) -> object:
    """Return what is written to: its values do not matter, but it may take another shape."""
    target = cast("Tensor", args[0])
    reshapes = name_of(function) in MOVES and name_of(function) != "copy"
    return function(*args, **named) if reshapes and target.is_meta else target
