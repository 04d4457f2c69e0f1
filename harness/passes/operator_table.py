"""What torch's functions and layers are: kind, arguments by name; importing it imports torch.

A ReLU is what lets a positive number through and turns any other to zero: ReLU, ReLU6 and other
forms that are cut off above, a clamp at zero. GELU, SiLU, Hardswish, sigmoid, tanh and leaky forms
have no unit that is off; they are activations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

from harness.passes.observation import OperatorKind

__all__ = ["FUNCTIONS", "MODULES", "SILENT", "Function", "bind", "cuts_at_zero"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Function:
    """One function of torch.

    Attributes:
        kind: What it computes.
        name: Its name in messages; one for all spellings of it.
        arguments: Names of its positional arguments.
        defaults: What an argument is that is left out, for those that somebody reads.
    """

    kind: OperatorKind
    name: str
    arguments: tuple[str, ...]
    defaults: Mapping[str, object] = field(default_factory=dict)


_Functions: TypeAlias = dict[Callable[..., object], Function]


def bind(
    function: Function, positional: Sequence[object], keywords: Mapping[str, object]
) -> dict[str, object]:
    """Return the arguments of one call by name."""
    if function.name == "einsum":
        operands = positional[1:]
        if len(operands) == 1 and isinstance(operands[0], list | tuple):
            operands = operands[0]
        return {"equation": positional[0], "operands": tuple(operands)}
    names = function.arguments
    if function.kind == "recurrent" and len(positional) > 1 and _is_packed(positional[1]):
        names = (names[0], "batch_sizes", *names[1:])
    given = dict(zip(names, positional, strict=False)) | dict(keywords)
    absent = {name: value for name, value in function.defaults.items() if name not in given}
    return {**given, **absent}  # the input stays first


def _is_packed(second: object) -> bool:
    return isinstance(second, Tensor) and not second.is_floating_point()


_CONVOLUTION: dict[str, object] = {
    "bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1,
}  # fmt: skip
_AFFINE: dict[str, object] = {"weight": None, "bias": None, "eps": 1e-5}
_STATISTICS: dict[str, object] = {
    "running_mean": None, "running_var": None, "weight": None, "bias": None, "momentum": 0.1,
    "eps": 1e-5,
}  # fmt: skip
_POOL: dict[str, object] = {"stride": None, "padding": 0}


def _convolutions() -> _Functions:
    plain = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    transposed = (
        "input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation",
    )  # fmt: skip
    functions: _Functions = {}
    for names, calls in (
        (plain, (torch.conv1d, torch.conv2d, torch.conv3d)),
        (
            transposed,
            (torch.conv_transpose1d, torch.conv_transpose2d, torch.conv_transpose3d),
        ),
    ):
        for call in calls:
            functions[call] = Function(
                kind="convolution", name=call.__name__, arguments=names, defaults=_CONVOLUTION
            )
    return functions


def _products() -> _Functions:
    linear = Function(
        kind="linear", name="linear", arguments=("input", "weight", "bias"), defaults={"bias": None}
    )
    bilinear = Function(
        kind="product", name="bilinear", arguments=("input1", "input2", "weight", "bias")
    )
    functions: _Functions = {functional.linear: linear, functional.bilinear: bilinear}
    spellings: tuple[tuple[str, tuple[str, ...], tuple[Callable[..., object], ...]], ...] = (
        (
            "matmul",
            ("input", "other"),
            (
                torch.matmul, torch.mm, torch.bmm, torch.mv, Tensor.matmul, Tensor.mm, Tensor.bmm,
                Tensor.mv, Tensor.__matmul__, Tensor.__rmatmul__, torch.linalg.matmul,
            ),
        ),
        (
            "addmm",
            ("added", "input", "other"),
            (
                torch.addmm, torch.baddbmm, torch.addmv, Tensor.addmm, Tensor.baddbmm,
                Tensor.addmv,
            ),
        ),
        ("tensordot", ("input", "other", "dims"), (torch.tensordot,)),
        ("einsum", (), (torch.einsum,)),
    )  # fmt: skip
    for name, names, calls in spellings:
        functions |= dict.fromkeys(calls, Function(kind="product", name=name, arguments=names))
    return functions


def _recurrent() -> _Functions:
    layer = (
        "input", "hx", "weights", "has_biases", "num_layers", "dropout", "train", "bidirectional",
        "batch_first",
    )  # fmt: skip
    cell = ("input", "hx", "w_ih", "w_hh", "b_ih", "b_hh")
    functions: _Functions = {}
    for name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
        functions[getattr(torch, name)] = Function(kind="recurrent", name=name, arguments=layer)
        functions[getattr(torch, f"{name}_cell")] = Function(
            kind="recurrent", name=f"{name}_cell", arguments=cell
        )
    return functions


def _others() -> _Functions:
    lookup = Function(kind="embedding", name="embedding", arguments=("input", "weight"))
    statistics = ("input", "running_mean", "running_var", "weight", "bias")
    return {
        functional.embedding: lookup,
        functional.embedding_bag: lookup,
        torch.embedding: Function(
            kind="embedding", name="embedding", arguments=("weight", "input")
        ),
        functional.batch_norm: Function(
            kind="normalisation",
            name="batch_norm",
            arguments=(*statistics, "training", "momentum", "eps"),
            defaults=_STATISTICS | {"training": False},
        ),
        functional.instance_norm: Function(
            kind="normalisation",
            name="instance_norm",
            arguments=(*statistics, "use_input_stats", "momentum", "eps"),
            defaults=_STATISTICS | {"use_input_stats": True},
        ),
        functional.layer_norm: Function(
            kind="normalisation",
            name="layer_norm",
            arguments=("input", "normalized_shape", "weight", "bias", "eps"),
            defaults=_AFFINE,
        ),
        functional.rms_norm: Function(
            kind="normalisation",
            name="rms_norm",
            arguments=("input", "normalized_shape", "weight", "eps"),
            defaults=_AFFINE,
        ),
        functional.group_norm: Function(
            kind="normalisation",
            name="group_norm",
            arguments=("input", "num_groups", "weight", "bias", "eps"),
            defaults=_AFFINE,
        ),
        functional.scaled_dot_product_attention: Function(
            kind="attention",
            name="scaled_dot_product_attention",
            arguments=("query", "key", "value", "attn_mask", "dropout_p", "is_causal"),
            defaults={"attn_mask": None, "is_causal": False},
        ),
    }


def _activations() -> _Functions:
    relu = Function(kind="relu", name="relu", arguments=("input",))
    bounded = Function(kind="relu", name="clamp", arguments=("input", "min", "max"))
    below = Function(kind="relu", name="clamp", arguments=("input", "min"))
    relus = (torch.relu, torch.relu_, Tensor.relu, Tensor.relu_, functional.relu, functional.relu6)
    clamps = (
        torch.clamp, torch.clamp_, torch.clip, torch.clip_, Tensor.clamp, Tensor.clamp_,
        Tensor.clip, Tensor.clip_,
    )  # fmt: skip
    minima = (torch.clamp_min, torch.clamp_min_, Tensor.clamp_min, Tensor.clamp_min_)
    functions: _Functions = dict.fromkeys(relus, relu)
    functions |= dict.fromkeys(clamps, bounded)
    functions |= dict.fromkeys(minima, below)
    hardtanhs: tuple[Callable[..., object], ...] = (functional.hardtanh, functional.hardtanh_)
    for hardtanh in hardtanhs:
        functions[hardtanh] = Function(
            kind="relu",
            name="hardtanh",
            arguments=("input", "min_val", "max_val"),
            defaults={"min_val": -1.0, "max_val": 1.0},
        )
    smooth = (
        functional.gelu, functional.silu, functional.hardswish, functional.mish, functional.elu,
        functional.selu, functional.celu, functional.leaky_relu, functional.prelu,
        functional.softplus, functional.hardsigmoid, functional.logsigmoid, functional.sigmoid,
        functional.tanh, torch.sigmoid, torch.sigmoid_, torch.tanh, torch.tanh_, Tensor.sigmoid,
        Tensor.sigmoid_, Tensor.tanh, Tensor.tanh_, torch.prelu, functional.leaky_relu_,
        functional.elu_, functional.softsign,
    )  # fmt: skip
    for call in smooth:
        name = call.__name__.removesuffix("_")
        functions[call] = Function(kind="activation", name=name, arguments=("input",))
    return functions


def _pools() -> _Functions:
    sized = ("input", "kernel_size", "stride", "padding")
    functions: _Functions = {}
    for dimensions in (1, 2, 3):
        for name in ("avg", "max"):
            call = getattr(functional, f"{name}_pool{dimensions}d")
            pool = Function(
                kind="pool", name=f"{name}_pool{dimensions}d", arguments=sized, defaults=_POOL
            )
            functions[call] = pool
            adaptive = f"adaptive_{name}_pool{dimensions}d"
            functions[getattr(functional, adaptive)] = Function(
                kind="pool", name=adaptive, arguments=("input", "output_size")
            )
    return functions


FUNCTIONS: _Functions = {
    **_convolutions(),
    **_products(),
    **_recurrent(),
    **_others(),
    **_activations(),
    **_pools(),
}
"""Every operator that passes can ask for."""

_GEOMETRY = ("weight", "bias", "stride", "padding", "dilation", "groups")
_WINDOW = ("kernel_size", "stride", "padding")

MODULES: dict[type[nn.Module], tuple[Callable[..., object], tuple[str, ...]]] = {
    nn.Conv2d: (torch.conv2d, _GEOMETRY),
    nn.Linear: (functional.linear, ("weight", "bias")),
    nn.BatchNorm2d: (
        functional.batch_norm,
        ("running_mean", "running_var", "weight", "bias", "momentum", "eps"),
    ),
    nn.ReLU: (functional.relu, ()),
    nn.LeakyReLU: (functional.leaky_relu, ()),
    nn.GELU: (functional.gelu, ()),
    nn.SiLU: (functional.silu, ()),
    nn.Sigmoid: (torch.sigmoid, ()),
    nn.Tanh: (torch.tanh, ()),
    nn.AvgPool2d: (functional.avg_pool2d, _WINDOW),
    nn.MaxPool2d: (functional.max_pool2d, _WINDOW),
    nn.AdaptiveAvgPool2d: (functional.adaptive_avg_pool2d, ("output_size",)),
    nn.AdaptiveMaxPool2d: (functional.adaptive_max_pool2d, ("output_size",)),
}
"""Layers that compute one function of their input and of attributes of the same names."""

SILENT: frozenset[type[nn.Module]] = frozenset(
    {
        nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.Identity, nn.Flatten, nn.Unflatten,
        nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.ZeroPad2d, nn.ConstantPad2d,
        nn.ReflectionPad2d, nn.ReplicationPad2d,
    }
)  # fmt: skip
"""Layers that call no operator at all."""


def cuts_at_zero(arguments: Mapping[str, Any], function: Function) -> bool:
    """Tell whether a call of a function of kind ``"relu"`` with these bounds is a ReLU."""
    if function.name == "relu":
        return True
    lower, upper = (
        arguments.get("min", arguments.get("min_val")),
        arguments.get("max", arguments.get("max_val")),
    )
    if not isinstance(lower, int | float) or lower != 0:
        return False
    return upper is None or (isinstance(upper, int | float) and upper > 0)
