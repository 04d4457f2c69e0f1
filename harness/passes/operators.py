"""Operators of a network as they run, whether modules compute them or functions.

Where a network is made of layers of torch alone, or is one of the ten spaces, hooks of its modules
tell of the operators, and every other call of torch is as quick as ever. Of any other network a
function mode of torch sees every call, inside of ``nn.MultiheadAttention`` and ``nn.LSTM`` too.
Importing this module imports torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from types import FunctionType
from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from harness.passes.network_call import tensors_in, watched_calls
from harness.passes.observation import OperatorKind
from harness.passes.operator_table import FUNCTIONS, MODULES, SILENT, Function, bind, cuts_at_zero

__all__ = [
    "OperatorCall",
    "OperatorCalls",
    "SeeOperator",
    "of_spaces",
    "operator_calls",
    "runs_as_modules",
]

_SPACES = "harness.spaces."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OperatorCall:
    """One call of an operator, after it.

    Attributes:
        kind: What it is.
        function: Name of the function of torch, e.g. ``"conv2d"``; of a module, the one that it
            calls.
        arguments: What it was given, by name; what was left out has its default. The operands of
            ``einsum`` are a tuple ``operands``, and the tensors of a recurrent layer a list
            ``weights``.
        outputs: The tensors that it returned.
        names: Gives the names of the network's parameters by identity.
    """

    kind: OperatorKind
    function: str
    arguments: Mapping[str, object]
    outputs: tuple[Tensor, ...]
    names: Callable[[], Mapping[int, str]]

    @property
    def input(self) -> Tensor:
        """The first tensor that it was given."""
        return next(tensors_in(self.arguments))

    @property
    def output(self) -> Tensor:
        """The first tensor that it returned."""
        return self.outputs[0]

    def tensor(self, role: str) -> Tensor | None:
        """Return the tensor given as the argument `role`; None where there is none."""
        value = self.arguments.get(role)
        return value if isinstance(value, Tensor) else None

    @property
    def has_weight(self) -> bool:
        """Whether it is a convolution, product or recurrent layer whose weight has a gradient."""
        match self.kind:
            case "product":
                return any(self.name_of(factor) for factor, _ in self.factors)
            case "recurrent":
                return any(matrix.requires_grad for matrix in self.recurrent_weights)
            case _:
                weight = self.tensor("weight")
                return weight is not None and weight.requires_grad

    def number(self, name: str) -> int:
        """Return an argument that is a whole number."""
        value = self.arguments[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} of {self.function} is {value!r}")
        return value

    def pair(self, name: str) -> tuple[int, int]:
        """Return an argument of two dimensions, given as one number or as two."""
        value = self.arguments[name]
        return (value[0], value[-1]) if isinstance(value, Sequence) else (value, value)  # type: ignore[return-value]

    @property
    def recurrent_weights(self) -> list[Tensor]:
        """The matrices of a recurrent layer, of all directions and stacked layers."""
        return [tensor for tensor in self._recurrent() if tensor.dim() > 1]

    @property
    def recurrent_biases(self) -> list[Tensor]:
        """The biases of a recurrent layer."""
        return [tensor for tensor in self._recurrent() if tensor.dim() == 1]

    def _recurrent(self) -> list[Tensor]:
        roles = ("weights", "w_ih", "w_hh", "b_ih", "b_hh")
        return [*tensors_in([self.arguments.get(role) for role in roles])]

    @property
    def factors(self) -> list[tuple[Tensor, int]]:
        """The factors of a product, each with the numbers of it that one output sums over."""
        match self.function:
            case "einsum":
                return _einsum_factors(self.arguments)
            case "bilinear":
                weight = self.tensor("weight")
                return [] if weight is None else [(weight, weight[0].numel())]
            case _:
                left, right = self.tensor("input"), self.tensor("other")
                if left is None or right is None:
                    return []
                if self.function == "tensordot":
                    summed = math.isqrt(left.numel() * right.numel() // self.output.numel())
                else:
                    summed = left.shape[-1]
                return [(left, summed), (right, summed)]

    @property
    def parameters(self) -> dict[str, str]:
        """Qualified names of the network's parameters that it used, by role.

        The role is the argument's name, of one in a list with its position: ``"weights.0"``. A
        view of a parameter, such as its transpose or a part of it, is that parameter; one that
        the network holds twice has its first name.
        """
        used: dict[str, str] = {}
        for role, value in self.arguments.items():
            if isinstance(value, Tensor):
                used[role] = self.name_of(value)
            elif isinstance(value, list | tuple):
                for position, item in enumerate(value):
                    if isinstance(item, Tensor):
                        used[f"{role}.{position}"] = self.name_of(item)
        return {role: name for role, name in used.items() if name}

    def looks_up(self, ids: Collection[Tensor]) -> bool:
        """Tell whether it is the embedding of one of these tensors of ids, or of a part of it."""
        if self.kind != "embedding":
            return False
        index = self.tensor("input")
        return index is not None and any(
            index is known or index._base is known or torch.equal(index, known) for known in ids
        )

    def name_of(self, tensor: Tensor) -> str:
        """Return the name of the parameter that a tensor is, or is a view of; or ``""``."""
        names = self.names()
        name = names.get(id(tensor), "")
        if not name and tensor._is_view():
            name = names.get(id(tensor._base), "")
        return name


def _einsum_factors(arguments: Mapping[str, object]) -> list[tuple[Tensor, int]]:
    terms, _, result = str(arguments["equation"]).replace(" ", "").partition("->")
    operands = tensors_in(arguments["operands"])
    factors: list[tuple[Tensor, int]] = []
    for term, operand in zip(terms.split(","), operands, strict=False):
        first, _, last = term.partition("...")
        sizes = [*zip(first, operand.shape, strict=False)]
        sizes += [*zip(reversed(last), reversed(operand.shape), strict=False)]
        summed = math.prod(size for letter, size in sizes if letter not in result)
        factors.append((operand, summed))
    return factors


SeeOperator: TypeAlias = Callable[[OperatorCall], "Tensor | None"]
"""Sees one call of an operator; may return another output."""


@contextmanager
def operator_calls(
    network: nn.Module, kinds: Collection[OperatorKind], see: SeeOperator
) -> Iterator[None]:
    """Call `see` after every call of an operator of the given kinds in a block."""
    if not runs_as_modules(network):
        with OperatorCalls(network, kinds, see):
            yield
        return
    names = cache(partial(_names, network))  # most watchers ask for none

    def see_module(module: nn.Module, inputs: list[Tensor], output: Tensor) -> Tensor | None:
        return see(_call_of_module(module, inputs[0], output, names))

    wanted = [
        module
        for module in network.modules()
        if (layer := _layer(module)) is not None and FUNCTIONS[layer[0]].kind in kinds
    ]
    with watched_calls(wanted, see_module):
        yield


def runs_as_modules(network: nn.Module) -> bool:
    """Tell whether hooks of its modules see all operators of a network that have parameters.

    It is so for the networks of the ten spaces, whose published scores count modules, and for
    layers of torch that are put together by containers of torch.
    """
    modules = list(network.modules())
    if of_spaces(network):
        return all(type(module).__module__.startswith((_SPACES, "torch.nn.")) for module in modules)
    return all(_is_plain(module) for module in modules)


def of_spaces(network: nn.Module) -> bool:
    """Tell whether a network has modules of the ten spaces, whose published scores are known."""
    return any(type(module).__module__.startswith(_SPACES) for module in network.modules())


def _is_plain(module: nn.Module) -> bool:
    if type(module) in (nn.Conv2d, nn.Linear) and module._parameters.get("weight") is None:
        return False  # it is computed of other parameters
    known = type(module) in MODULES or type(module) in SILENT
    return known and getattr(module, "padding_mode", "zeros") == "zeros"


def _layer(module: nn.Module) -> tuple[Callable[..., object], tuple[str, ...]] | None:
    kinds = type(module).__mro__
    return MODULES.get(kinds[0]) or next((MODULES[kind] for kind in kinds if kind in MODULES), None)


def _call_of_module(
    module: nn.Module, inputs: Tensor, output: Tensor, names: Callable[[], Mapping[int, str]]
) -> OperatorCall:
    layer = _layer(module)
    assert layer is not None  # noqa: S101 - hooks are on such modules alone
    function = FUNCTIONS[layer[0]]
    arguments = {name: getattr(module, name) for name in layer[1]}
    if function.name == "batch_norm":
        arguments["training"] = module.training or arguments["running_mean"] is None
    return OperatorCall(
        kind=function.kind,
        function=function.name,
        arguments={"input": inputs, **arguments},
        outputs=(output,),
        names=names,
    )


def _names(network: nn.Module) -> dict[int, str]:
    return {id(parameter): name for name, parameter in network.named_parameters()}


class OperatorCalls(TorchFunctionMode):
    """While open, `see` is told of every operator of the given kinds that torch computes."""

    def __init__(
        self, network: nn.Module, kinds: Collection[OperatorKind], see: SeeOperator
    ) -> None:
        super().__init__()
        self._names = _names(network)
        self._kinds = frozenset(kinds)
        self._see = see

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Compute one call of torch made by the network."""
        if func is functional.multi_head_attention_forward:
            with self:
                return _attention_in_steps()(*args, **(kwargs or {}))
        output = func(*args, **(kwargs or {}))
        function = FUNCTIONS.get(func)
        if function is None or function.kind not in self._kinds:
            return output
        call = self._call(function, args, kwargs or {}, output)
        replaced = None if call is None else self._see(call)
        return output if replaced is None else replaced

    def _call(
        self,
        function: Function,
        args: Sequence[object],
        kwargs: Mapping[str, object],
        output: object,
    ) -> OperatorCall | None:
        arguments = bind(function, args, kwargs)
        outputs = tuple(tensors_in(output))
        inputs = next(tensors_in(arguments), None)
        if inputs is None or not outputs or not outputs[0].is_floating_point():
            return None
        if function.kind == "relu" and not cuts_at_zero(arguments, function):
            return None
        return OperatorCall(
            kind=function.kind,
            function=function.name,
            arguments=arguments,
            outputs=outputs,
            names=lambda: self._names,
        )


@cache
def _attention_in_steps() -> Callable[..., object]:
    """Return torch's attention as a function whose own calls of torch are seen by a mode.

    Torch asks a mode at the entry of each of its functions, and this one would ask for ever.
    """
    function = functional.multi_head_attention_forward
    unasked = dict.fromkeys(
        ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic"),
        lambda *tensors: False,
    )
    return FunctionType(
        function.__code__,
        {**function.__globals__, **unasked},
        function.__name__,
        function.__defaults__,
    )
